import { Injectable, type OnModuleInit } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Transfer, type TransferEntries, type TransferPart } from '../../../shared/transfer/transfer.js';
import { FormInvalid } from '../intake.errors.js';
import { Forms } from '../persistence/forms.js';
import { PutFormDto } from './forms.dto.js';

/** Forms as a part of what is carried between installations. */
@Injectable()
export class FormsTransfer implements TransferPart, OnModuleInit {
  readonly name = 'forms';

  constructor(
    private readonly transfer: Transfer,
    private readonly forms: Forms,
  ) {}

  onModuleInit(): void {
    this.transfer.add(this);
  }

  async export(): Promise<TransferEntries> {
    const all = await this.forms.list();
    return Object.fromEntries(
      all.map(({ name, enabled, via, fields, mapping, settings }) => [
        name,
        { enabled, via, fields, mapping, settings },
      ]),
    );
  }

  check(name: string, wanted: unknown): void {
    this.forms.check({ name, ...formOf(name, wanted) });
  }

  async apply(name: string, wanted: unknown, { actor }: { actor: string }): Promise<void> {
    const present = (await this.forms.list()).find((form) => form.name === name);
    await this.forms.put({ name, ...formOf(name, wanted) }, actor, present?.revision);
  }
}

/** By the same rules as the admin API. @throws INTAKE.FORM_INVALID */
function formOf(name: string, wanted: unknown): PutFormDto {
  const form = plainToInstance(PutFormDto, wanted);
  const wrong =
    form instanceof PutFormDto
      ? validateSync(form, { whitelist: true, forbidNonWhitelisted: true }).map(({ property }) => property)
      : ['it is no object'];
  if (wrong.length > 0) throw FormInvalid({ message: `forms.${name} is not valid: ${wrong.join(', ')}.` });
  return form;
}
