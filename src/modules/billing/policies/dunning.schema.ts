import { reminderTones } from '../contracts.js';

const name = { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 60 };
const day = { type: 'string', format: 'date' };
const days = { type: 'integer', minimum: 1, maximum: 365 };
const time = { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' };
const country = { pattern: '^[A-Z]{2}$' };
const currency = { type: 'string', pattern: '^[A-Z]{3}$' };
const language = { type: 'string', minLength: 2, maxLength: 35 };

function object(properties: Record<string, object>, optional: readonly string[] = []): object {
  const required = Object.keys(properties).filter((one) => !optional.includes(one));
  return { type: 'object', additionalProperties: false, required, properties };
}

function table(keys: object, values: object): object {
  return { type: 'object', maxProperties: 300, propertyNames: keys, additionalProperties: values };
}

/** JSON Schema of the policy `dunning`. */
export const dunningSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  ...object({
    goingLive: object(
      {
        on: day,
        accountingRemindersOff: { type: 'boolean' },
        backlog: { oneOf: [{ enum: ['none', 'all'] }, object({ since: day })] },
      },
      ['on', 'accountingRemindersOff', 'backlog'],
    ),
    steps: {
      type: 'array',
      minItems: 1,
      maxItems: 10,
      items: object({
        name: { ...name, not: { const: 'hand-over' } },
        afterDays: days,
        channel: { const: 'mail' },
        tone: { enum: reminderTones },
        template: name,
      }),
    },
    handOver: object({ afterDays: days, to: { anyOf: [{ type: 'null' }, name] } }),
    graceDays: { type: 'integer', minimum: 0, maximum: 60 },
    cap: object({ messages: { type: 'integer', minimum: 1, maximum: 50 }, days }),
    quietHours: object({ from: time, until: time, workingDaysOf: { anyOf: [{ type: 'null' }, name] } }),
    zones: object({
      default: { enum: ['issuer', 'calendar'] },
      ofCountry: table(country, { type: 'string', maxLength: 60 }),
    }),
    languages: object({ default: language, ofCountry: table(country, language) }),
    stop: object({
      minimum: table({ pattern: '^[A-Z]{3}$' }, { type: 'number', minimum: 0, maximum: 1_000_000_000 }),
      currencies: {
        anyOf: [{ type: 'null' }, { type: 'array', minItems: 1, maxItems: 200, items: currency }],
      },
      customers: {
        type: 'array',
        maxItems: 10_000,
        items: { type: 'string', pattern: '^(xero|stripe):[A-Za-z0-9_-]{1,100}$' },
      },
    }),
    lookAgainDays: { type: 'integer', minimum: 1, maximum: 30 },
  }),
};
