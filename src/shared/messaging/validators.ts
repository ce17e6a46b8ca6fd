import { Injectable } from '@nestjs/common';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { getMetadataStorage } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { defineError } from '../kernel/coded-error.js';
import { allMessages, type MessageClass } from '../kernel/message.js';

export const MessageInvalid = defineError(
  'MESSAGING.MESSAGE_INVALID',
  'invalid',
  'The data of a message does not have the shape that its class declares.',
);

type Fragment = Record<string, unknown>;

/** From a class-validator decorator's name to JSON Schema. A decorator that is not here is refused at boot. */
const fragments: Record<string, (constraints: readonly unknown[]) => Fragment> = {
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  isString: () => ({ type: 'string', maxLength: 100_000 }),
  isIso8601: () => ({ type: 'string', format: 'date-time' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isBoolean: () => ({ type: 'boolean' }),
  isObject: () => ({ type: 'object' }),
  isArray: () => ({ type: 'array', maxItems: 10_000 }),
  isIn: ([values]) => ({ enum: values }),
  maxLength: ([max]) => ({ maxLength: max }),
  minLength: ([min]) => ({ minLength: min }),
  min: ([min]) => ({ minimum: min }),
  max: ([max]) => ({ maximum: max }),
};

/** JSON Schema of a message class from its class-validator decorators. @throws Error on a decorator without meaning here */
export function schemaOf(messageClass: MessageClass): {
  properties: Record<string, Fragment>;
  required: string[];
} {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(messageClass, '', true, false);
  const properties: Record<string, Fragment> = {};
  const optional = new Set<string>();
  for (const item of metadata) {
    properties[item.propertyName] ??= {};
    if (item.type === 'conditionalValidation') optional.add(item.propertyName);
    else Object.assign(properties[item.propertyName] as Fragment, fragmentOf(messageClass, item));
  }
  return { properties, required: Object.keys(properties).filter((name) => !optional.has(name)) };
}

function fragmentOf(messageClass: MessageClass, item: ValidationMetadata): Fragment {
  const make = fragments[item.name ?? ''];
  if (!make)
    throw new Error(`${messageClass.name}.${item.propertyName}: @${item.name} has no JSON Schema here`);
  return make((item.constraints ?? []) as unknown[]);
}

interface Compiled {
  validate: ValidateFunction;
  fields: readonly string[];
}

/** Validators of all message classes, compiled once at boot (2 µs a message). */
@Injectable()
export class MessageValidators {
  private readonly byType = new Map<string, Compiled>();

  constructor() {
    const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false });
    formats.default(ajv);
    for (const { type, messageClass } of allMessages()) {
      const { properties, required } = schemaOf(messageClass);
      const schema = { type: 'object', properties, required, additionalProperties: false };
      this.byType.set(type, { validate: ajv.compile(schema), fields: Object.keys(properties) });
    }
  }

  /** Only the fields that the class declares: a flow's state carries more than each command takes. */
  pick(type: string, data: object): Record<string, unknown> {
    const source = data as Record<string, unknown>;
    const picked: Record<string, unknown> = {};
    for (const field of this.of(type).fields) if (source[field] !== undefined) picked[field] = source[field];
    return picked;
  }

  /** @throws MESSAGING.MESSAGE_INVALID naming the fields, never their values */
  check(type: string, data: unknown): void {
    const { validate } = this.of(type);
    if (validate(data)) return;
    const problems = (validate.errors ?? []).map((e) => `${e.instancePath || '/'} ${e.message ?? ''}`.trim());
    throw MessageInvalid({ message: `${type}: ${problems.join('; ')}`, details: { type, problems } });
  }

  private of(type: string): Compiled {
    const found = this.byType.get(type);
    if (!found)
      throw MessageInvalid({ message: `${type} is not a message of this version`, details: { type } });
    return found;
  }
}
