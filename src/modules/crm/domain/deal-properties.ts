import { RecordRejected } from '../crm.errors.js';

/** What is read of a deal when nothing else is asked for: every account has these. */
export const commonProperties: readonly string[] = [
  'dealname',
  'dealstage',
  'pipeline',
  'hubspot_owner_id',
  'amount',
  'deal_currency_code',
  'closedate',
  'createdate',
  'dealtype',
  'description',
  'hs_lastmodifieddate',
];

const mostProperties = 100;

/** Names of properties as they may be asked for; others than HubSpot has are left out. */
export function wantedProperties(names: readonly unknown[] | undefined): readonly string[] {
  if (!names) return commonProperties;
  return names.filter(isName).slice(0, mostProperties);
}

/** Texts by names of properties. @throws CRM.RECORD_REJECTED */
export function checkedProperties(
  properties: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const wrong = Object.entries(properties).filter(
    ([name, value]) => !isName(name) || typeof value !== 'string',
  );
  if (wrong.length === 0) return properties as Readonly<Record<string, string>>;
  const names = wrong.map(([name]) => name).filter(isName);
  throw RecordRejected({
    message: 'A property of a deal has a name of lower case and a text.',
    details: { properties: names },
  });
}

/** Whether it can be the id of a record: ids go into paths and bodies of calls. */
export function isRecordId(text: string): boolean {
  return /^\d{1,20}$/.test(text);
}

function isName(name: unknown): name is string {
  return typeof name === 'string' && /^[a-z][a-z0-9_]{0,99}$/.test(name);
}
