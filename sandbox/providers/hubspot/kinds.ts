/** The kinds of objects that the simulator keeps, by their name in paths. */
export type Kind = 'contacts' | 'deals' | 'notes' | 'tasks' | 'tickets';

export type KindFacts = {
  kind: Kind;
  /** As paths and webhooks of the newer kind name it. */
  typeId: string;
  singular: string;
  firstId: number;
  created: 'createdate' | 'hs_createdate';
  modified: 'lastmodifieddate' | 'hs_lastmodifieddate';
  /** What is answered when no property is asked for. */
  shown: string[];
  /** What `query` of a search looks into. */
  searched: string[];
  /** Without one of these nothing is created. */
  required: string[];
  defaults: Record<string, string>;
  /** Any one of these scopes will do. */
  scopes: { read: string[]; write: string[]; schemaRead: string[]; schemaWrite: string[] };
};

/** Notes and tasks have no scopes of their own: HubSpot asks for those of contacts. */
const CONTACT_SCOPES = {
  read: ['crm.objects.contacts.read'],
  write: ['crm.objects.contacts.write'],
  schemaRead: ['crm.schemas.contacts.read'],
  schemaWrite: ['crm.schemas.contacts.write'],
};
const DATES = { created: 'hs_createdate', modified: 'hs_lastmodifieddate' } as const;
const PLAIN = { shown: [], searched: [], required: [], defaults: {}, scopes: CONTACT_SCOPES };

const CONTACTS: KindFacts = {
  ...PLAIN,
  ...{ kind: 'contacts', typeId: '0-1', singular: 'contact', firstId: 9_001_001 },
  ...{ created: 'createdate', modified: 'lastmodifieddate' },
  shown: ['email', 'firstname', 'lastname'],
  searched: ['firstname', 'lastname', 'email', 'phone', 'company', 'hs_additional_emails'],
};

const DEALS: KindFacts = {
  ...PLAIN,
  ...{ kind: 'deals', typeId: '0-3', singular: 'deal', firstId: 7_700_501 },
  ...{ created: 'createdate', modified: 'hs_lastmodifieddate' },
  shown: ['dealname', 'amount', 'closedate', 'pipeline', 'dealstage'],
  searched: ['dealname', 'pipeline', 'dealstage', 'description', 'dealtype'],
  required: ['dealstage'],
  defaults: { pipeline: 'default' },
  scopes: {
    read: ['crm.objects.deals.read'],
    write: ['crm.objects.deals.write'],
    schemaRead: ['crm.schemas.deals.read'],
    schemaWrite: ['crm.schemas.deals.write'],
  },
};

const NOTES: KindFacts = {
  ...{ ...PLAIN, ...DATES, kind: 'notes', typeId: '0-46', singular: 'note', firstId: 6_600_001 },
  searched: ['hs_note_body'],
  required: ['hs_timestamp'],
};

const TASKS: KindFacts = {
  ...{ ...PLAIN, ...DATES, kind: 'tasks', typeId: '0-27', singular: 'task', firstId: 8_800_001 },
  searched: ['hs_task_subject', 'hs_task_body'],
  required: ['hs_timestamp'],
  defaults: { hs_task_status: 'NOT_STARTED', hs_task_priority: 'NONE', hs_task_type: 'TODO' },
};

const TICKETS: KindFacts = {
  ...PLAIN,
  ...{ kind: 'tickets', typeId: '0-5', singular: 'ticket', firstId: 5_500_101 },
  ...{ created: 'createdate', modified: 'hs_lastmodifieddate' },
  shown: ['subject', 'content', 'hs_pipeline', 'hs_pipeline_stage'],
  searched: ['subject', 'content'],
  required: ['hs_pipeline_stage'],
  defaults: { hs_pipeline: '0' },
  scopes: { read: ['tickets'], write: ['tickets'], schemaRead: ['tickets'], schemaWrite: ['tickets'] },
};

export const kinds: readonly KindFacts[] = [CONTACTS, DEALS, NOTES, TASKS, TICKETS];

/** A kind by its name in paths, its singular or its number: HubSpot takes any of them. */
export function kindNamed(name: string): KindFacts | undefined {
  return kinds.find(({ kind, singular, typeId }) => [kind, singular, typeId].includes(name));
}
