import type { Connection, ConnectionCheck, MissingPart } from '../../../shared/connectors/connections.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import type { SecretStore } from '../../../shared/secrets/secret-store.js';
import type { Hubspot } from './connect-hubspot.js';
import { referenceProperty } from './hubspot-activities.js';
import type { NewProperty, SchemaKind } from './hubspot-schema-api.js';

export interface HubspotConnectionParts {
  readonly hubspot: Pick<Hubspot, 'account' | 'schema' | 'ownersApi'>;
  readonly secrets: Pick<SecretStore, 'valid'>;
  /** Properties of deals that policies write, whether they exist or not. */
  readonly dealProperties: () => Promise<readonly string[]>;
}

const neededScopes = [
  'crm.objects.contacts.read',
  'crm.objects.contacts.write',
  'crm.objects.deals.read',
  'crm.objects.deals.write',
  'crm.objects.owners.read',
  'crm.schemas.contacts.read',
  'crm.schemas.contacts.write',
  'crm.schemas.deals.read',
  'crm.schemas.deals.write',
];

/** Where HubSpot shows a kind's own properties; ours get a group of their own where that is not there. */
const groups: Readonly<Record<SchemaKind, string>> = {
  contacts: 'contactinformation',
  deals: 'dealinformation',
  tasks: 'task',
};
const ownGroup = { name: 'signalbox', label: 'Signalbox' };

interface Wanted {
  readonly kind: SchemaKind;
  readonly property: NewProperty;
}

/** How HubSpot is connected: what the app may do there, and the properties that the product fills. */
export class HubspotConnection implements Connection {
  readonly provider = 'hubspot';
  readonly title = 'HubSpot';
  readonly channel = 'hubspot';
  readonly steps = [
    'Copy the app in docs/connectors/hubspot-app, and put {url} into targetUrl in webhooks-hsmeta.json.',
    'Name there the properties of deals that the policy deal-qualification asks for: HubSpot tells only of those.',
    'Deploy it with the HubSpot CLI (hs account auth, hs project upload), and install it in the account.',
    'Set HUBSPOT_CLIENT_SECRET and HUBSPOT_ACCESS_TOKEN to those on the app’s pages, and start Signalbox.',
    'Create the missing properties, by this connection or by hand.',
    'Where HubSpot cannot reach this installation, enable the poll hubspot-deals.',
  ];

  constructor(private readonly parts: HubspotConnectionParts) {}

  async check(signal: AbortSignal): Promise<readonly ConnectionCheck[]> {
    const { account, ownersApi } = this.parts.hubspot;
    const credentials = await checked(
      'credentials',
      'Set HUBSPOT_ACCESS_TOKEN to the app’s token.',
      async () => {
        return `The account is ${await account.portalId(signal)}.`;
      },
    );
    const secret = await this.secretCheck();
    if (!credentials.ok) return [credentials, secret];
    const owners = await checked('owners', 'Grant the app crm.objects.owners.read.', async () => {
      await ownersApi.any(signal);
      return 'Owners can be read.';
    });
    const properties = await checked('properties', 'Grant the app the scopes of schemas.', async () => {
      const { length } = await this.absent(signal);
      return length === 0 ? 'All of ours are there.' : `Of ours ${length} can be created.`;
    });
    return [credentials, ...(await this.scopeChecks(signal)), owners, properties, secret];
  }

  async missing(signal: AbortSignal): Promise<readonly MissingPart[]> {
    return (await this.absent(signal)).map(({ kind, property }) => ({
      name: nameOf(kind, property),
      detail: property.description,
    }));
  }

  async create(signal: AbortSignal): Promise<readonly string[]> {
    const created: string[] = [];
    for (const { kind, property } of await this.absent(signal)) {
      await this.parts.hubspot.schema.createProperty(
        kind,
        await this.groupOf(kind, signal),
        property,
        signal,
      );
      created.push(nameOf(kind, property));
    }
    return created;
  }

  private async absent(signal: AbortSignal): Promise<readonly Wanted[]> {
    const wanted = [taskReference, ...(await this.parts.dealProperties()).map(resultOf)];
    const absent: Wanted[] = [];
    for (const one of wanted) {
      const there = await this.parts.hubspot.schema.properties(one.kind, signal);
      if (!there.has(one.property.name)) absent.push(one);
    }
    return absent;
  }

  private async groupOf(kind: SchemaKind, signal: AbortSignal): Promise<string> {
    const { schema } = this.parts.hubspot;
    const there = await schema.groups(kind, signal);
    if (there.has(groups[kind])) return groups[kind];
    if (!there.has(ownGroup.name)) await schema.createGroup(kind, ownGroup.name, ownGroup.label, signal);
    return ownGroup.name;
  }

  /** One line for all that are there, and one for each that is not. */
  private async scopeChecks(signal: AbortSignal): Promise<readonly ConnectionCheck[]> {
    try {
      const { id, scopes } = await this.parts.hubspot.account.app(signal);
      const lacking = neededScopes.filter((scope) => !scopes.has(scope));
      if (lacking.length === 0)
        return [{ name: 'scopes', ok: true, detail: `The app ${id} has all that are needed.` }];
      return lacking.map((scope) => ({
        ...{ name: `scope ${scope}`, ok: false, detail: `The app ${id} does not have it.` },
        remedy: 'Add it to requiredScopes of the app, upload it, and install it again.',
      }));
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      const detail = `HubSpot does not tell (${error.code}); the calls themselves will.`;
      return [
        { name: 'scopes', ok: error.kind === 'permanent', detail, ...(error.kind !== 'permanent' && again) },
      ];
    }
  }

  private async secretCheck(): Promise<ConnectionCheck> {
    const isStored = (await this.parts.secrets.valid('hubspot.client-secret')).length > 0;
    if (isStored) return { name: 'client secret', ok: true, detail: 'A secret is stored.' };
    const detail = 'None is stored: webhooks are refused.';
    return { name: 'client secret', ok: false, detail, remedy: 'Set HUBSPOT_CLIENT_SECRET.' };
  }
}

const again = { remedy: 'Check again later.' };

const taskReference: Wanted = {
  kind: 'tasks',
  property: {
    ...{ name: referenceProperty, label: 'Signalbox reference', type: 'string', fieldType: 'text' },
    description:
      'By this Signalbox finds a task that it has made. Without it the reference stands in the text.',
  },
};

function resultOf(name: string): Wanted {
  return {
    kind: 'deals',
    property: {
      ...{ name, label: 'Signalbox qualification', type: 'string', fieldType: 'text' },
      description: 'What Signalbox found when it checked the deal last.',
    },
  };
}

function nameOf(kind: SchemaKind, { name }: NewProperty): string {
  return `${kind.replace(/s$/, '')} property ${name}`;
}

async function checked(name: string, remedy: string, look: () => Promise<string>): Promise<ConnectionCheck> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { name, ok: false, detail: `${error.code}: ${error.message}`, remedy };
  }
}
