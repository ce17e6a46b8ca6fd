import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { Transfer, type TransferEntries, type TransferPart } from '../transfer/transfer.js';
import { TransferUnreadable } from '../transfer/transfer.errors.js';
import { FlowUnknown } from './flow.errors.js';
import { FlowSettings } from './flow-settings.js';

const cap = z.int().min(1).max(10_000_000).optional();
const form = z.strictObject({
  mode: z.enum(['off', 'shadow', 'redirect', 'live']),
  caps: z.strictObject({ perHour: cap, perRecipientPerHour: cap }),
  redirect: z.strictObject({
    email: z.email().optional(),
    phone: z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/)
      .optional(),
  }),
});

/** Modes, caps and redirects of flows as a part of what is carried between installations. */
@Injectable()
export class FlowsTransfer implements TransferPart, OnModuleInit {
  readonly name = 'flows';

  constructor(
    private readonly transfer: Transfer,
    private readonly settings: FlowSettings,
  ) {}

  onModuleInit(): void {
    this.transfer.add(this);
  }

  async export(): Promise<TransferEntries> {
    const all = [...(await this.settings.now()).values()].sort((a, b) => (a.flow < b.flow ? -1 : 1));
    return Object.fromEntries(all.map(({ flow, mode, caps, redirect }) => [flow, { mode, caps, redirect }]));
  }

  check(name: string, wanted: unknown, present: unknown): void {
    if (present === undefined) throw FlowUnknown({ details: { flow: name } });
    const { error } = form.safeParse(wanted);
    if (error)
      throw TransferUnreadable({ message: `flows.${name}: ${z.prettifyError(error)}`.slice(0, 2_000) });
  }

  async apply(name: string, wanted: unknown, { actor }: { actor: string }): Promise<void> {
    const { mode, caps, redirect } = form.parse(wanted);
    // First what bounds it, last what sets it off.
    await this.settings.setCaps(name, caps, actor);
    await this.settings.setRedirect(name, redirect, actor);
    await this.settings.setMode(name, mode, actor);
  }
}
