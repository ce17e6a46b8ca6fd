import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Signature } from '@hubspot/api-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { at, freshSandbox } from './support.ts';

const secret = 'client-secret-of-a-test';

type Received = {
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
  events: Record<string, unknown>[];
};

/** A receiver that answers with these statuses, the last one from then on. */
async function receiver(...statuses: number[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({
        ...{ url: request.url ?? '', headers: request.headers, body },
        events: JSON.parse(body) as Record<string, unknown>[],
      });
      response.statusCode = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 200;
      response.end('taken');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/hubspot` };
}

describe('webhooks of the HubSpot simulator', () => {
  it('are signed by the third version, over the address that is given', async () => {
    const hubspot = await freshSandbox();
    const { received, url } = await receiver();
    const signedUrl = 'https://signalbox.example.com/webhooks/hubspot?a=%3A%20';
    const event = { subscriptionType: 'deal.propertyChange', objectId: 1, propertyName: 'dealstage' };
    const sent = await hubspot.admin('POST', '/hubspot/webhooks/send', {
      ...{ url, secret, signedUrl, events: [event] },
    });
    expect(sent.body).toMatchObject({ status: 200, body: 'taken', events: 1 });
    const [request] = received;
    expect(request?.events[0]).toMatchObject({ ...event, portalId: 4_010_001, eventId: 100_001 });
    const genuine = Signature.isValid({
      ...{ clientSecret: secret, signatureVersion: 'v3', method: 'POST' },
      signature: String(request?.headers['x-hubspot-signature-v3']),
      timestamp: Number(request?.headers['x-hubspot-request-timestamp']),
      url: 'https://signalbox.example.com/webhooks/hubspot?a=:%20',
      requestBody: request?.body ?? '',
    });
    expect(genuine).toBe(true);
  });

  it('are sent for every change when somebody subscribed, and say who made it', async () => {
    const hubspot = await freshSandbox();
    const { received, url } = await receiver();
    await hubspot.admin('PUT', '/hubspot/webhooks', { url, secret });
    const properties = { dealname: 'Example', dealstage: 'contractsent' };
    const { id } = await hubspot.deals.basicApi.create({ properties, associations: [] });
    await hubspot.admin('PUT', `/hubspot/deals/${id}/as-person`, { properties: { dealstage: 'closedwon' } });
    await hubspot.call('POST', '/crm/v3/objects/notes', { properties: { hs_timestamp: '1' } });
    await expect.poll(() => received.flatMap(({ events }) => events)).toHaveLength(5);
    const told = received.flatMap(({ events }) => events);
    expect(told.map(({ subscriptionType, propertyValue = '' }) => [subscriptionType, propertyValue])).toEqual(
      [
        ['deal.creation', ''],
        ['deal.propertyChange', 'default'],
        ['deal.propertyChange', 'Example'],
        ['deal.propertyChange', 'contractsent'],
        ['deal.propertyChange', 'closedwon'],
      ],
    );
    expect(told.at(-1)).toMatchObject({ changeSource: 'CRM_UI', sourceId: 'userId:70010001' });
    expect(told[0]).toMatchObject({ changeSource: 'INTEGRATION', objectId: Number(id), attemptNumber: 0 });
    const { body } = await hubspot.admin('GET', `/hubspot/deals/${id}`);
    const changedAt = Date.parse(String(at(body, 'propertiesWithHistory.dealstage.0.timestamp')));
    expect(told.at(-1)?.['occurredAt']).toBe(changedAt);
  });

  it('are sent in the newer format, and only of what is wanted', async () => {
    const hubspot = await freshSandbox();
    const { received, url } = await receiver();
    const types = ['object.deletion', 'contact.privacyDeletion', 'object.propertyChange.email'];
    await hubspot.admin('PUT', '/hubspot/webhooks', { url, secret, format: 'object', types });
    const first = await hubspot.create({ email: 'a@example.com', firstname: 'A' });
    await hubspot.contacts.basicApi.archive(first);
    await hubspot.create({ email: 'b@example.com' });
    await hubspot.contacts.basicApi.purge({ objectId: 'b@example.com', idProperty: 'email' });
    await expect.poll(() => received.flatMap(({ events }) => events)).toHaveLength(4);
    const told = received.flatMap(({ events }) => events);
    expect(told.map(({ subscriptionType }) => subscriptionType)).toEqual([
      'object.propertyChange',
      'object.deletion',
      'object.propertyChange',
      'contact.privacyDeletion',
    ]);
    expect(told[0]).toMatchObject({ objectTypeId: '0-1', propertyName: 'email' });
  });

  it('come again, with the number of the attempt, until they are taken', async () => {
    const hubspot = await freshSandbox();
    const { received, url } = await receiver(503, 401, 200);
    await hubspot.admin('PUT', '/hubspot/webhooks', { url, secret, retryMs: 1 });
    await hubspot.create({ email: 'a@example.com' });
    await expect.poll(() => received.map(({ events }) => events[0]?.['attemptNumber'])).toEqual([0, 1, 2]);
    const [first, last] = [received[0]!, received[2]!];
    expect(last.events[0]?.['eventId']).toBe(first.events[0]?.['eventId']);
    const { body } = await hubspot.admin('GET', '/hubspot/webhooks');
    expect(at(body, 'deliveries')).toMatchObject([{ status: 200 }, { status: 401 }, { status: 503 }]);
    expect(JSON.stringify(body)).not.toContain(secret);
  });

  it('end with the subscription, and say so when nobody is there', async () => {
    const hubspot = await freshSandbox();
    const { received, url } = await receiver();
    await hubspot.admin('PUT', '/hubspot/webhooks', { url, secret });
    await hubspot.admin('DELETE', '/hubspot/webhooks');
    await hubspot.create({ email: 'a@example.com' });
    const nobody = { url: 'http://127.0.0.1:9/', secret, events: [{}] };
    const sent = await hubspot.admin('POST', '/hubspot/webhooks/send', nobody);
    expect(sent.body).toMatchObject({ status: 0 });
    expect(received).toEqual([]);
    expect((await hubspot.admin('PUT', '/hubspot/webhooks', { url: 'file:///x', secret })).status).toBe(400);
  });
});
