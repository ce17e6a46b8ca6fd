import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MailTemplates } from '../../src/modules/outbound/domain/mail-template.js';
import type { MailPreviewDto } from '../../src/modules/outbound/http/mail-templates.dto.js';
import type { SuppressionDto } from '../../src/modules/outbound/http/suppressions.dto.js';
import { mailTemplatesPolicy } from '../../src/modules/outbound/policies/mail-templates.policy.js';
import type { PolicyDto } from '../../src/shared/admin/policies/policies.dto.js';
import type { CheckedDto, ConnectionDto } from '../../src/shared/admin/connectors/connections.dto.js';
import { MailSandbox, postmarkToken } from '../support/mail-sandbox.js';
import { withSandbox } from '../support/sandbox-under-test.js';
import { AdminUnderTest } from './support.js';

const sandbox = withSandbox();
let t: AdminUnderTest;
beforeAll(async () => {
  const smtp = await new MailSandbox(sandbox.url).smtpUrl();
  t = await AdminUnderTest.start({
    ...{
      MAIL_FROM: 'Billing <billing@example.com>',
      SMTP_URL: `${smtp.replace('//', '//user:wrong-password@')}`,
    },
  });
});
afterAll(() => t?.close());

const { initial } = mailTemplatesPolicy;

async function saveDraft(change: (body: MailTemplates) => unknown) {
  const read = await t.get<PolicyDto>('editor', '/policies/mail-templates');
  const headers = { 'if-match': String(read.headers['etag']) };
  const body = { body: change(structuredClone(initial)) };
  return t.call<{ code: string; detail: string }>(
    'editor',
    'PUT',
    '/admin/v1/policies/mail-templates/draft',
    {
      ...{ body, headers },
    },
  );
}

const preview = (name: string, body: object = {}) =>
  t.post<MailPreviewDto & { code: string; detail: string }>(
    'editor',
    `/mail-templates/${name}/preview`,
    body,
  );

describe('mail templates', () => {
  it('are shown with their sample, in a language, and with other data or texts', async () => {
    const { status, body } = await preview('overdue-friendly');
    expect(status).toBe(200);
    expect(body).toMatchObject({ template: 'overdue-friendly', version: 1, language: 'en' });
    expect(body.html).toContain('Example Ltd');
    expect((await preview('overdue-friendly', { language: 'de-CH' })).body.language).toBe('de');
    const data = { customer: { name: '<Ada>' } };
    const source = { subject: 'Hi', text: 'To {{ customer.name }}', html: '<p>{{ customer.name }}</p>' };
    expect((await preview('overdue-friendly', { data, source })).body).toMatchObject({
      ...{ subject: 'Hi', text: 'To <Ada>\n', html: '<p>&lt;Ada&gt;</p>' },
    });
    const { html: _, ...plain } = source;
    expect((await preview('overdue-friendly', { data, source: plain })).body.html).toBeNull();
  });

  it('say what is wrong with them, and are for editors', async () => {
    const source = { subject: 'Hi', text: '{{ customer.nme }}' };
    expect((await preview('overdue-friendly', { source })).body).toMatchObject({
      ...{ code: 'OUTBOUND.MAIL_TEMPLATE_FAILED', detail: expect.stringContaining('customer.nme') },
    });
    expect((await preview('nothing')).body).toMatchObject({ code: 'OUTBOUND.MAIL_TEMPLATE_UNKNOWN' });
    expect((await preview('constructor')).status).toBe(404);
    expect((await t.post('viewer', '/mail-templates/overdue-friendly/preview', {})).status).toBe(403);
  });

  it('are refused as a draft that cannot render its own sample', async () => {
    const broken = await saveDraft((body) => {
      const languages = body.templates['overdue-firm']!.languages as Record<string, unknown>;
      languages['de'] = { subject: '{{ nobody }}', text: 'x' };
      return body;
    });
    expect(broken.status).toBe(400);
    expect(broken.body).toMatchObject({ code: 'POLICIES.INVALID' });
    expect(broken.body.detail).toContain('overdue-firm (de), subject: undefined variable: nobody');
    const noDefault = await saveDraft((body) => ({ ...body, defaultLanguage: 'fr' }));
    expect(noDefault.body.detail).toContain('overdue-firm has no text in fr');
  });

  it('are shown as the draft has them before it is active', async () => {
    const saved = await saveDraft((body) => {
      const languages = body.templates['overdue-final']!.languages as Record<string, unknown>;
      languages['en'] = { subject: 'New {{ customer.name }}', text: 'x' };
      return body;
    });
    expect(saved.status).toBe(200);
    expect((await preview('overdue-final')).body).toMatchObject({ version: 2, subject: 'New Example Ltd' });
  });
});

type Suppressions = { items: SuppressionDto[]; nextCursor: string | null };

describe('suppressions', () => {
  const add = (address: string) =>
    t.post<SuppressionDto & { code: string }>('operator', '/suppressions', { address, reason: 'they asked' });
  const list = (query = '') => t.get<Suppressions>('operator', `/suppressions${query}`);

  it('are added, listed in pages, found by their address, and removed', async () => {
    const added = [];
    for (const name of ['Ada', 'bob', 'carl']) added.push((await add(`${name}@example.com`)).body);
    expect(added[0]).toMatchObject({
      ...{ address: 'ada@example.com', reason: 'person', note: 'they asked', source: t.actor('operator') },
    });
    expect((await add('ada@EXAMPLE.com')).body.id).toBe(added[0]?.id);
    const { body: first } = await list('?limit=2');
    expect(first.items.map(({ address }) => address)).toEqual(['carl@example.com', 'bob@example.com']);
    const { body: second } = await list(`?limit=2&cursor=${first.nextCursor}`);
    expect(second).toMatchObject({ items: [{ address: 'ada@example.com' }], nextCursor: null });
    expect((await list('?address=BOB@example.com')).body.items).toHaveLength(1);
    expect((await list('?reason=bounce')).body.items).toEqual([]);
    const path = `/suppressions/${added[0]!.id}/remove`;
    expect((await t.post('operator', path, { reason: 'it works again' })).status).toBe(204);
    expect((await t.post('operator', path, { reason: 'again' })).body).toMatchObject({
      code: 'OUTBOUND.SUPPRESSION_NOT_FOUND',
    });
    expect((await list()).body.items).toHaveLength(2);
    const audits = [
      ...(await t.audit('outbound.address-suppressed')),
      ...(await t.audit('outbound.suppression-removed')),
    ];
    expect(audits).toHaveLength(4);
    expect(JSON.stringify(audits)).not.toContain('@example.com');
    expect(audits.at(-1)).toMatchObject({
      ...{ subject: `suppression:${added[0]!.id}`, details: { reason: 'it works again' } },
    });
  });

  it('are stored sealed', async () => {
    const rows = await t.db.database.query(`select * from outbound.suppressions`);
    const text = rows.map((row) => Object.values(row).map(String).join('|')).join('\n');
    expect(text).not.toMatch(/bob|example/);
  });

  it('are for those who may see addresses', async () => {
    expect((await add('nobody')).body.code).toBe('OUTBOUND.ADDRESS_INVALID');
    expect((await t.get('viewer', '/suppressions')).status).toBe(403);
    expect((await t.post('auditor', '/suppressions', { address: 'a@example.com', reason: 'x' })).status).toBe(
      403,
    );
    expect((await t.get('auditor', '/suppressions')).status).toBe(200);
  });
});

describe('the connection mail', () => {
  const check = () => t.post<CheckedDto>('editor', '/connections/mail/check', {});

  it('says how it is connected, and what a password is that is not taken', async () => {
    const { body } = await t.get<ConnectionDto>('editor', '/connections/mail');
    expect(body).toMatchObject({ provider: 'mail', channel: 'mail' });
    expect(body.steps.join(' ')).toMatch(/SPF, DKIM and DMARC/);
    const checked = (await check()).body;
    expect(checked).toMatchObject({ ok: false, missing: [] });
    expect(checked.checks).toMatchObject([
      { name: 'sender', ok: true, detail: 'Mails are from billing@example.com.' },
      { name: 'mail server', ok: false, detail: expect.stringContaining('MAIL_CREDENTIALS_REFUSED') },
      { ok: true, detail: expect.stringContaining('_dmarc.example.com') },
    ]);
    expect(JSON.stringify(checked)).not.toContain('wrong-password');
  });

  it('checks Postmark’s token and stream where there is one, and sends nothing', async () => {
    const other = await AdminUnderTest.start({
      ...{ MAIL_FROM: 'billing@example.com', POSTMARK_SERVER_TOKEN: postmarkToken },
      ...{ POSTMARK_BASE_URL: `${sandbox.url}/postmark`, POSTMARK_MESSAGE_STREAM: 'outbound' },
    });
    try {
      const { body } = await other.post<CheckedDto>('editor', '/connections/mail/check', {});
      expect(body.ok).toBe(true);
      expect(body.checks.map(({ detail }) => detail).join(' ')).toMatch(
        /server Sandbox.*transactional.*spf\.mtasv\.net/,
      );
      expect(await new MailSandbox(sandbox.url).mails()).toEqual([]);
    } finally {
      await other.close();
    }
  });
});
