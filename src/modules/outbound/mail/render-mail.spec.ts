import { describe, expect, it } from 'vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { languageFor } from '../domain/mail-template.js';
import { mailTemplatesPolicy } from '../policies/mail-templates.policy.js';
import { overdueSample, overdueTemplates } from './overdue-templates.js';
import { renderMail } from './render-mail.js';

const place = { template: 't', language: 'en' };
const source = (more: object) => ({ subject: 'S', text: 'T', ...more });

function problem(more: object, data: object = {}): unknown {
  try {
    renderMail(source(more), data, place);
    return undefined;
  } catch (error) {
    return (error as { details: { problem: string } }).details.problem;
  }
}

describe('rendering a mail', () => {
  it('escapes values in HTML, whatever the template says, and in HTML alone', () => {
    const body = '<p title="{{ v }}">{{ v | raw }}</p>';
    const mail = renderMail(
      source({ subject: '{{ v }}', text: '{{ v }}', html: body }),
      { v: `<b>"'&` },
      place,
    );
    expect(mail).toEqual({
      ...{ subject: `<b>"'&`, text: `<b>"'&\n` },
      html: '<p title="&lt;b&gt;&#34;&#39;&amp;">&lt;b&gt;&#34;&#39;&amp;</p>',
    });
  });

  it('makes one line of a subject', () => {
    const { subject } = renderMail(source({ subject: 'A {{ v }}' }), { v: 'x\r\nBcc: y\u2028z' }, place);
    expect(subject).toBe('A x Bcc: y z');
  });

  it.each([
    ['a value that is not there', { text: '{{ customer.name }}' }, 'undefined variable'],
    ['a filter that is not there', { text: '{{ 1 | shout }}' }, 'undefined filter'],
    ['what every object has', { text: '{{ v.constructor }}' }, 'undefined variable'],
    ['a file', { text: '{% include "/etc/passwd" %}' }, 'ENOENT'],
    ['a file by render', { text: '{% render "../package.json" %}' }, 'ENOENT'],
    ['too many values', { text: '{% for i in (1..100000000) %}x{% endfor %}' }, 'limit'],
    [
      'loops without end',
      { text: '{% for i in (1..2000) %}{% for j in (1..2000) %}{{ j }}{% endfor %}{% endfor %}' },
      'limit',
    ],
    ['too long a text', { text: '{% for i in (1..20000) %}xxxx{% endfor %}' }, 'longer than'],
    ['an empty subject', { subject: '{{ "" }}' }, 'empty'],
    ['an address that is none, of a value', { html: '<a href="{{ v.url }}">x</a>' }, 'http://'],
    ['an unquoted attribute', { html: '<td width={{ v.ok }}>x</td>' }, 'quotes'],
  ])('refuses %s', (_, more, expected) => {
    const v = { url: 'javascript:alert(1)', ok: 'https://example.com' };
    expect(problem(more, { v })).toContain(expected);
  });

  it('tells of no value', () => {
    expect(
      JSON.stringify(problem({ text: '{{ v | divided_by: "x" | nope }}' }, { v: 'secret' })),
    ).not.toContain('secret');
  });
});

describe('the templates that ship', () => {
  it.each(
    Object.keys(overdueTemplates).flatMap((name) =>
      ['en', 'de'].map((language) => [name, language] as const),
    ),
  )('%s in %s lists what is due, with links where there are any', (name, language) => {
    const mail = renderMail(overdueTemplates[name]!.languages[language]!, overdueSample, {
      template: name,
      language,
    });
    expect(mail.text).toContain('INV-1001');
    expect(mail.text).toContain('https://pay.example.com/inv-1001?a=1&b=2');
    expect(mail.html).toContain('href="https://pay.example.com/inv-1001?a=1&amp;b=2"');
    for (const part of ['Example Ltd', 'INV-1007', 'EUR 59.50', 'EUR 1,249.50', 'Signalbox Billing']) {
      expect(mail.text).toContain(part);
      expect(mail.html).toContain(part);
    }
    expect(mail.html!.match(/<a /g)).toHaveLength(1);
    expect(mail.text).not.toMatch(/unsubscribe|abbestell/i);
  });

  it('are a policy that is right', () => {
    expect(
      new Ajv2020({ strict: false }).validate(mailTemplatesPolicy.schema, mailTemplatesPolicy.initial),
    ).toBe(true);
    expect(mailTemplatesPolicy.check?.(mailTemplatesPolicy.initial)).toEqual([]);
  });
});

it.each([
  ['de', 'de'],
  ['de-AT', 'de'],
  ['de-CH', 'de-CH'],
  ['DE-ch', 'de-CH'],
  ['fr', 'en'],
  [undefined, 'en'],
])('who reads %s gets %s', (asked, given) => {
  const languages = { en: source({}), de: source({}), 'de-CH': source({}) };
  expect(languageFor({ languages }, asked, 'en')).toBe(given);
});
