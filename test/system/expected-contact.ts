import type { Submission } from './people.ts';
import type { HeldContact } from './sandbox-process.ts';

/** Where the contact of a person differs from what the policy that ships makes of their submissions. */
export function wrongValues(contact: HeldContact, submitted: readonly Submission[]): string[] {
  const expected = expectedProperties(submitted);
  return Object.entries(expected).flatMap(([name, value]) => {
    const held = contact.properties[name] ?? '';
    return held === value ? [] : [`contact ${contact.id}: ${name} is “${held}” instead of “${value}”`];
  });
}

/** Names and company are filled once, by whoever wrote first; the message is that of the last submission. */
function expectedProperties(submitted: readonly Submission[]): Record<string, string> {
  const inOrder = submitted.toSorted((a, b) => (a.submittedAt < b.submittedAt ? -1 : 1));
  const first = inOrder[0]?.data ?? {};
  const last = inOrder.at(-1)?.data ?? {};
  const expected: Record<string, string> = { lifecyclestage: 'lead' };
  const take = (name: string, value: string | boolean | undefined): void => {
    if (value !== undefined && value !== '') expected[name] = String(value);
  };
  take('firstname', first['first_name']);
  take('lastname', first['last_name']);
  take('company', first['company']);
  take('message', last['message']);
  return expected;
}
