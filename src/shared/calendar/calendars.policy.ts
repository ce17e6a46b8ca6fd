import type { PolicyDefinition } from '../policies/policy.js';
import { calendarProblems, type Calendar } from './business-time.js';
import { weekdays } from './zones.js';

export interface CalendarsPolicy {
  /** The one that counts where none is named. */
  readonly default: string;
  readonly calendars: Readonly<Record<string, Calendar>>;
}

const time = '([01][0-9]|2[0-3]):[0-5][0-9]';
const name = { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 60 };

const hours = {
  type: 'array',
  maxItems: 5,
  items: {
    type: 'array',
    prefixItems: [
      { type: 'string', pattern: `^${time}$` },
      { type: 'string', pattern: `^(${time}|24:00)$` },
    ],
    items: false,
    minItems: 2,
  },
};

const calendar = {
  type: 'object',
  additionalProperties: false,
  required: ['zone', 'hours', 'holidays'],
  properties: {
    zone: { type: 'string', maxLength: 60 },
    hours: {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(weekdays.map((weekday) => [weekday, hours])),
    },
    holidays: {
      type: 'array',
      maxItems: 500,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['day', 'name'],
        properties: {
          day: { type: 'string', pattern: '^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$' },
          name: { type: 'string', minLength: 1, maxLength: 100 },
        },
      },
    },
  },
};

const office = [['09:00', '17:00']] as const;

/** When people work. Shipped: an office that a business will want to change, and one that never closes. */
export const calendarsPolicy: PolicyDefinition<CalendarsPolicy> = {
  name: 'calendars',
  title: 'Calendars',
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    required: ['default', 'calendars'],
    properties: {
      default: name,
      calendars: {
        type: 'object',
        minProperties: 1,
        maxProperties: 100,
        propertyNames: name,
        additionalProperties: calendar,
      },
    },
  },
  check: (body) => [
    ...(Object.hasOwn(body.calendars, body.default) ? [] : [`there is no calendar ${body.default}`]),
    ...Object.entries(body.calendars).flatMap(([key, one]) =>
      calendarProblems(one).map((problem) => `${key}: ${problem}`),
    ),
  ],
  initial: {
    default: 'office',
    calendars: {
      office: {
        zone: 'Etc/UTC',
        hours: { mon: office, tue: office, wed: office, thu: office, fri: office },
        holidays: [
          { day: '01-01', name: 'New Year’s Day' },
          { day: '12-25', name: 'Christmas Day' },
        ],
      },
      always: {
        zone: 'Etc/UTC',
        hours: Object.fromEntries(weekdays.map((weekday) => [weekday, [['00:00', '24:00']] as const])),
        holidays: [],
      },
    },
  },
};
