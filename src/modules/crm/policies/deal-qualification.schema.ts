const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });
const property = { type: 'string', pattern: '^[a-z][a-z0-9_]{0,99}$' };
const amount = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum });
const only = (required: readonly string[], properties: object) => ({
  ...{ type: 'object', additionalProperties: false, required, properties },
});

const operators = [
  ...['equal', 'notEqual', 'in', 'notIn', 'contains', 'doesNotContain'],
  ...['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'],
  ...['isFilled', 'before', 'after'],
];
const scalar = { type: ['string', 'number', 'boolean', 'null'], maxLength: 1_000 };
const conditions = { type: 'array', minItems: 1, maxItems: 50, items: { $ref: '#/$defs/condition' } };

const due = {
  oneOf: [only(['days'], { days: amount(0, 365) }), only(['workingDays'], { workingDays: amount(0, 260) })],
};
const field = only(['property', 'label', 'due'], { property, label: text(200), due, taskTitle: text(500) });
const rule = only(['name', 'message', 'conditions'], {
  name: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' },
  message: text(500),
  conditions: { $ref: '#/$defs/top' },
});
const stage = only(['label', 'required'], {
  label: text(200),
  required: { type: 'array', maxItems: 50, items: field },
  rules: { type: 'array', maxItems: 50, items: rule },
});
const id = { pattern: '^[\\w.:-]{1,64}$' };

/** JSON Schema of the policy `deal-qualification`. */
export const qualificationSchema = {
  ...only(['pipelines', 'notes', 'bulk', 'ignoredSources', 'recheckHours', 'dueHour'], {
    pipelines: {
      ...{ type: 'object', maxProperties: 100, propertyNames: id },
      additionalProperties: {
        ...{ type: 'object', maxProperties: 100, propertyNames: id, additionalProperties: stage },
      },
    },
    result: only(['property', 'pass', 'fail'], { property, pass: text(200), fail: text(200) }),
    notes: only(['pass', 'fail'], { pass: text(5_000), fail: text(5_000) }),
    bulk: only(['deals', 'withinSeconds'], { deals: amount(1, 10_000), withinSeconds: amount(1, 3_600) }),
    ignoredSources: { type: 'array', maxItems: 50, items: text(100) },
    recheckHours: amount(1, 744),
    calendar: { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 60 },
    dueHour: amount(0, 23),
  }),
  $defs: {
    // json-rules-engine wants a list of conditions at the top.
    top: { oneOf: [only(['all'], { all: conditions }), only(['any'], { any: conditions })] },
    condition: {
      oneOf: [
        only(['all'], { all: conditions }),
        only(['any'], { any: conditions }),
        only(['not'], { not: { $ref: '#/$defs/condition' } }),
        only(['fact', 'operator', 'value'], {
          fact: property,
          operator: { enum: operators },
          value: {
            oneOf: [
              scalar,
              { type: 'array', maxItems: 200, items: scalar },
              only(['fact'], { fact: property }),
            ],
          },
        }),
      ],
    },
  },
};
