import { objectOf, type JsonObject } from './json.js';

/**
 * What a person answered in a Typeform, flat and as texts: answers by the `ref` of their field (its id where it has
 * none), hidden fields as `hidden.<name>`, the calculated score as `score`. Empty values are left out.
 * (https://www.typeform.com/developers/webhooks/example-payload/)
 */
export function recordOf(response: JsonObject): Record<string, string> {
  const answers: readonly unknown[] = Array.isArray(response['answers']) ? response['answers'] : [];
  const hidden = Object.entries(objectOf(response['hidden']));
  const entries = [
    ['score', textOf(objectOf(response['calculated'])['score'])] as const,
    ...hidden.map(([name, value]) => [`hidden.${name}`, textOf(value)] as const),
    ...answers.map((answer) => entryOf(objectOf(answer))),
  ];
  return Object.fromEntries(entries.filter(([name, value]) => name !== '' && value !== ''));
}

function entryOf(answer: JsonObject): readonly [string, string] {
  const { ref, id } = objectOf(answer['field']);
  return [textOf(ref) || textOf(id), answerOf(answer)];
}

/** An answer's value lies under the name of its type. */
function answerOf(answer: JsonObject): string {
  const type = textOf(answer['type']);
  const value = Object.hasOwn(answer, type) ? answer[type] : undefined;
  switch (type) {
    case 'choice':
      return choiceOf(objectOf(value));
    case 'choices':
      return choicesOf(objectOf(value));
    case 'payment':
      return textOf(objectOf(value)['amount']);
    default:
      return textOf(value);
  }
}

/** `other` is what a person wrote instead of choosing. */
function choiceOf({ label, other }: JsonObject): string {
  return [label, other].map(textOf).filter(Boolean).join(', ');
}

function choicesOf({ labels, other }: JsonObject): string {
  const chosen: readonly unknown[] = Array.isArray(labels) ? labels : [];
  return [...chosen, other].map(textOf).filter(Boolean).join(', ');
}

/** Kinds of answers that are not known yet stay readable as JSON. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  return JSON.stringify(value);
}
