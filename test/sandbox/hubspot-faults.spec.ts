import { Agent, request as httpRequest } from 'node:http';
import { Client } from '@hubspot/api-client';
import { describe, expect, it } from 'vitest';
import { TOKEN, at, failureOf, freshSandbox } from './support.ts';
import type { BatchAnswer } from './support.ts';

const CREATE = { match: { method: 'POST', path: '/contacts$' }, times: 1 };

describe('faults', () => {
  it('a reset after the change applies it exactly once: the retry meets a conflict', async () => {
    const hubspot = await freshSandbox();
    await hubspot.fault({ ...CREATE, kind: 'reset-after' });
    const failure = await failureOf(hubspot.create({ email: 'a@example.com' }));
    expect(failure.cause?.code).toBe('ECONNRESET');
    expect((await hubspot.effects()).byKey).toEqual({ 'a@example.com': { created: 1, updated: 0 } });
    expect((await failureOf(hubspot.create({ email: 'a@example.com' }))).code).toBe(409);
    expect((await hubspot.effects()).created).toBe(1);
  });

  it('a reset before the change applies nothing: the retry creates', async () => {
    const hubspot = await freshSandbox();
    await hubspot.fault({ ...CREATE, kind: 'reset-before' });
    expect((await failureOf(hubspot.create({ email: 'a@example.com' }))).cause?.code).toBe('ECONNRESET');
    expect((await hubspot.effects()).created).toBe(0);
    await hubspot.create({ email: 'a@example.com' });
    expect((await hubspot.effects()).created).toBe(1);
  });

  it('a client with an http agent sees resets too', async () => {
    const hubspot = await freshSandbox();
    const client = new Client({
      accessToken: TOKEN,
      basePath: `${hubspot.sandbox.url}/hubspot`,
      httpAgent: new Agent({ keepAlive: true }),
    });
    await hubspot.fault({ ...CREATE, kind: 'reset-after' });
    const create = () =>
      client.crm.contacts.basicApi.create({ properties: { email: 'a@example.com' }, associations: [] });
    expect((await failureOf(create())).code).toBe('ECONNRESET');
    expect((await failureOf(create())).code).toBe(409);
  });

  it.each([
    ['429-ten-secondly', 429, { policyName: 'TEN_SECONDLY_ROLLING' }],
    ['429-daily', 429, { policyName: 'DAILY' }],
    ['500', 500, { status: 'error' }],
    ['401', 401, { category: 'INVALID_AUTHENTICATION' }],
    ['403-scopes', 403, { category: 'MISSING_SCOPES' }],
  ])('%s answers the provider’s own body and changes nothing', async (kind, status, body) => {
    const hubspot = await freshSandbox();
    await hubspot.fault({ ...CREATE, kind });
    const failure = await failureOf(hubspot.create({ email: 'a@example.com' }));
    expect(failure.code).toBe(status);
    expect(failure.body).toMatchObject(body);
    expect((await hubspot.effects()).created).toBe(0);
  });

  it('502-html answers a page that is not JSON', async () => {
    const hubspot = await freshSandbox();
    await hubspot.fault({ kind: '502-html' });
    const answer = await hubspot.call('GET', '/crm/v3/objects/contacts');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html;charset=utf-8']);
  });

  it('409 lets somebody else create the contact first, so that the conflict names a contact that exists', async () => {
    const hubspot = await freshSandbox();
    await hubspot.fault({ ...CREATE, kind: '409' });
    const failure = await failureOf(hubspot.create({ email: 'a@example.com' }));
    const id = /Existing ID: (\d+)/.exec(String(at(failure.body, 'message')))?.[1] ?? '';
    expect((await hubspot.contacts.basicApi.getById(id)).properties['email']).toBe('a@example.com');
    expect((await hubspot.effects()).created).toBe(0);
  });

  it('partial fails the last items of a batch in a 207 and writes the others', async () => {
    const hubspot = await freshSandbox();
    await hubspot.fault({ match: { path: 'batch/create' }, fault: { partial: 2 }, times: 1 });
    const inputs = ['a', 'b', 'c'].map((name) => ({
      properties: { email: `${name}@example.com` },
      associations: [],
      objectWriteTraceId: name,
    }));
    const created: BatchAnswer = await hubspot.contacts.batchApi.create({ inputs });
    expect(created.results).toHaveLength(1);
    expect(created.errors?.map(({ context }) => context['objectWriteTraceId'])).toEqual([['b'], ['c']]);
    expect((await hubspot.effects()).created).toBe(1);
  });

  it('partial of everything still answers a batch', async () => {
    const hubspot = await freshSandbox();
    await hubspot.fault({ match: { path: 'batch/read' }, fault: { partial: 5 } });
    const read = await hubspot.batchRead(['a@example.com']);
    expect([read.results.length, read.numErrors]).toEqual([0, 1]);
  });

  it('timeout applies the change and never answers', async () => {
    const hubspot = await freshSandbox();
    await hubspot.fault({ ...CREATE, kind: 'timeout' });
    const giveUp = new AbortController();
    const pending = fetch(`${hubspot.sandbox.url}/hubspot/crm/v3/objects/contacts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ properties: { email: 'a@example.com' } }),
      signal: giveUp.signal,
    });
    const outcome = failureOf(pending);
    await expect.poll(async () => (await hubspot.effects()).created).toBe(1);
    giveUp.abort();
    expect((await outcome).name).toBe('AbortError');
  });

  it('truncate announces the whole answer and breaks off in the middle', async () => {
    const hubspot = await freshSandbox();
    await hubspot.fault({ fault: { truncate: true } });
    const outcome = await new Promise<string>((resolve) => {
      const options = { headers: { authorization: `Bearer ${TOKEN}` } };
      httpRequest(`${hubspot.sandbox.url}/hubspot/crm/v3/properties/contacts`, options, (response) => {
        let size = 0;
        response.on('data', (chunk: Buffer) => (size += chunk.length));
        response.on('error', () =>
          resolve(size < Number(response.headers['content-length']) ? 'half' : 'all'),
        );
        response.on('end', () => resolve('complete'));
      }).end();
    });
    expect(outcome).toBe('half');
  });

  it('huge answers as many bytes as asked', async () => {
    const hubspot = await freshSandbox();
    await hubspot.fault({ fault: { huge: 3_000_000 } });
    const answer = await hubspot.call('GET', '/crm/v3/objects/contacts');
    expect(at(answer.body, 'padding')).toHaveLength(3_000_000);
  });

  it('after skips calls, times ends it, and the list tells how often it fired', async () => {
    const hubspot = await freshSandbox();
    await hubspot.fault({ kind: '500', after: 1, times: 2 });
    const statuses: number[] = [];
    for (let call = 0; call < 5; call += 1) {
      statuses.push((await hubspot.call('GET', '/crm/v3/objects/contacts')).status);
    }
    expect(statuses).toEqual([200, 500, 500, 200, 200]);
    expect(at((await hubspot.admin('GET', '/hubspot/faults')).body, '0')).toMatchObject({
      kind: '500',
      fired: 2,
      seen: 5,
    });
    await hubspot.admin('DELETE', '/hubspot/faults');
    expect((await hubspot.admin('GET', '/hubspot/faults')).body).toEqual([]);
  });

  it('a probability with a seed fires at the same calls every time', async () => {
    const sequence = async (seed: number): Promise<string> => {
      const hubspot = await freshSandbox();
      await hubspot.fault({ kind: '500', probability: 0.5, seed });
      let text = '';
      for (let call = 0; call < 40; call += 1) {
        text += (await hubspot.call('GET', '/crm/v3/objects/contacts')).status === 500 ? 'x' : '.';
      }
      return text;
    };
    const first = await sequence(7);
    expect(first).toContain('x');
    expect(first).toContain('.');
    expect(await sequence(7)).toBe(first);
    expect(await sequence(8)).not.toBe(first);
  });

  it('refuses a rule that could never work, and keeps none of its list', async () => {
    const hubspot = await freshSandbox();
    for (const wrong of [
      { kind: 'no-such-kind' },
      { match: { path: '(' }, kind: '500' },
      {},
      { fault: { reset: 'now' } },
    ]) {
      expect((await hubspot.fault({ kind: '500' }, wrong)).status).toBe(400);
    }
    expect((await hubspot.admin('GET', '/hubspot/faults')).body).toEqual([]);
  });
});
