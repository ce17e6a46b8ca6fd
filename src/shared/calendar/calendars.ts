import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PolicyStore } from '../policies/policy-store.js';
import type { Calendar } from './business-time.js';
import { CalendarUnknown } from './calendar.errors.js';
import { calendarsPolicy } from './calendars.policy.js';

/** The calendars that other policies name. */
@Injectable()
export class Calendars implements OnModuleInit {
  constructor(private readonly policies: PolicyStore) {}

  async onModuleInit(): Promise<void> {
    await this.policies.install([calendarsPolicy]);
  }

  /** @param name the default one when absent @throws CALENDAR.UNKNOWN */
  async get(name?: string): Promise<Calendar> {
    const { body } = await this.policies.active(calendarsPolicy);
    const wanted = name ?? body.default;
    if (!Object.hasOwn(body.calendars, wanted)) throw CalendarUnknown({ details: { calendar: wanted } });
    return body.calendars[wanted]!;
  }
}
