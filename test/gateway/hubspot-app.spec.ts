import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HubspotChannel } from '../../src/modules/intake/channels/hubspot.channel.js';
import { inboundRequest } from './requests.js';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const json = <T>(path: string): T => JSON.parse(read(`docs/connectors/hubspot-app/${path}`)) as T;

interface Subscription {
  readonly subscriptionType: string;
  readonly objectType?: string;
  readonly propertyName?: string;
  readonly active: boolean;
}
interface App {
  readonly config: { readonly auth: { readonly requiredScopes: readonly string[] } };
}
interface Webhooks {
  readonly config: {
    readonly settings: { readonly targetUrl: string };
    readonly subscriptions: Readonly<Record<string, readonly Subscription[]>>;
  };
}

const channel = new HubspotChannel();
const { settings, subscriptions } = json<Webhooks>('src/app/webhooks/webhooks-hsmeta.json').config;
const objectTypes: Readonly<Record<string, string>> = { contact: '0-1', deal: '0-3' };

describe('the app for HubSpot', () => {
  it('calls the address of the channel', () => {
    expect(new URL(settings.targetUrl).pathname).toBe(`/webhooks/${channel.path}`);
  });

  it.each(Object.values(subscriptions).flat())(
    'subscribes to nothing that would be ignored: $subscriptionType $objectType $propertyName',
    ({ objectType = '', active, ...subscription }) => {
      const ids = {
        eventId: 1,
        portalId: 1,
        objectId: 1,
        occurredAt: 1,
        objectTypeId: objectTypes[objectType],
      };
      const [update] = channel.read(inboundRequest([{ ...ids, ...subscription, propertyValue: '' }]));
      expect(update?.event).toBeDefined();
      expect(active).toBe(true);
    },
  );

  it('tells of every kind of event that the channel makes', () => {
    const told = Object.values(subscriptions).flat();
    const kinds = new Set(
      told.map(({ subscriptionType, objectType }) => `${subscriptionType} ${objectType}`),
    );
    expect([...kinds].sort()).toEqual([
      'contact.privacyDeletion undefined',
      'object.creation contact',
      'object.deletion contact',
      'object.deletion deal',
      'object.propertyChange contact',
      'object.propertyChange deal',
    ]);
  });

  it('has the scopes that the documentation names, and no others', () => {
    const { requiredScopes } = json<App>('src/app/app-hsmeta.json').config.auth;
    const named = ['README.md', 'docs/connectors/hubspot.md'].flatMap(
      (path) => read(path).match(/crm\.(?:objects|schemas)\.[\w.]+/g) ?? [],
    );
    expect([...requiredScopes].sort()).toEqual([...new Set(named)].sort());
  });
});
