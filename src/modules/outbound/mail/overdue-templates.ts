import type { MailTemplate, TemplateText } from '../domain/mail-template.js';

/** What the reminders are filled with. Amounts and dates are texts, as their reader writes them. */
export const overdueSample = {
  customer: { name: 'Example Ltd' },
  invoices: [
    {
      ...{ number: 'INV-1001', amount: 'EUR 1,190.00', dueDate: '2026-10-31', daysLate: 20 },
      url: 'https://pay.example.com/inv-1001?a=1&b=2',
    },
    { number: 'INV-1007', amount: 'EUR 59.50', dueDate: '2026-11-13', daysLate: 7 },
  ],
  totals: ['EUR 1,249.50'],
  sender: { name: 'Signalbox Billing' },
} as const;

/** What a reminder says in its language, around the list of invoices. */
interface Wording {
  readonly subject: string;
  readonly greeting: string;
  readonly opening: string;
  readonly closing: readonly string[];
  readonly farewell: string;
}

/** What the list of invoices says in a language. */
interface ListWords {
  readonly due: string;
  readonly late: string;
  readonly pay: string;
  readonly total: string;
  readonly heads: readonly [number: string, dueDate: string, amount: string];
}

const lists: Readonly<Record<'en' | 'de', ListWords>> = {
  en: {
    ...{ due: 'due', pay: 'See and pay', total: 'Total' },
    late: '{% if invoice.daysLate == 1 %}1 day{% else %}{{ invoice.daysLate }} days{% endif %} late',
    heads: ['Invoice', 'Due', 'Amount'],
  },
  de: {
    ...{ due: 'fällig am', pay: 'Ansehen und bezahlen', total: 'Summe' },
    late: 'seit {% if invoice.daysLate == 1 %}1 Tag{% else %}{{ invoice.daysLate }} Tagen{% endif %} überfällig',
    heads: ['Rechnung', 'Fällig', 'Betrag'],
  },
};

const friendly: Readonly<Record<'en' | 'de', Wording>> = {
  en: {
    subject:
      'A reminder of {% if invoices.size == 1 %}invoice {{ invoices[0].number }}{% else %}your invoices{% endif %}',
    greeting: 'Hello {{ customer.name }},',
    opening: 'perhaps it was overlooked: the following is still open with us.',
    closing: [
      'If you have paid in the last days, please take this mail as settled. If something is unclear, just reply to it.',
    ],
    farewell: 'Kind regards',
  },
  de: {
    subject:
      'Erinnerung an {% if invoices.size == 1 %}Rechnung {{ invoices[0].number }}{% else %}Ihre Rechnungen{% endif %}',
    greeting: 'Guten Tag {{ customer.name }},',
    opening: 'vielleicht ist es untergegangen: Folgendes ist bei uns noch offen.',
    closing: [
      'Falls Sie in den letzten Tagen gezahlt haben, betrachten Sie diese Mail bitte als erledigt. Wenn etwas unklar ist, antworten Sie einfach darauf.',
    ],
    farewell: 'Freundliche Grüße',
  },
};

const firm: Readonly<Record<'en' | 'de', Wording>> = {
  en: {
    subject: 'Payment overdue: {{ totals | join: ", " }}',
    greeting: 'Hello {{ customer.name }},',
    opening: 'we have reminded you before, and have not seen a payment of the following.',
    closing: [
      'Please pay within seven days. If you cannot, or if you dispute an invoice, reply to this mail, so that we find a way together.',
    ],
    farewell: 'Kind regards',
  },
  de: {
    subject: 'Zahlung überfällig: {{ totals | join: ", " }}',
    greeting: 'Guten Tag {{ customer.name }},',
    opening: 'wir haben Sie bereits erinnert und zu Folgendem noch keinen Zahlungseingang festgestellt.',
    closing: [
      'Bitte zahlen Sie innerhalb von sieben Tagen. Wenn Ihnen das nicht möglich ist oder Sie einer Rechnung widersprechen, antworten Sie auf diese Mail, damit wir eine Lösung finden.',
    ],
    farewell: 'Freundliche Grüße',
  },
};

const final: Readonly<Record<'en' | 'de', Wording>> = {
  en: {
    subject: 'Last reminder: {{ totals | join: ", " }}',
    greeting: 'Hello {{ customer.name }},',
    opening: 'despite our reminders the following has not been paid.',
    closing: [
      'This is our last reminder. Without a payment or an answer within seven days a colleague will contact you about the next steps.',
    ],
    farewell: 'Kind regards',
  },
  de: {
    subject: 'Letzte Erinnerung: {{ totals | join: ", " }}',
    greeting: 'Guten Tag {{ customer.name }},',
    opening: 'trotz unserer Erinnerungen ist Folgendes nicht bezahlt.',
    closing: [
      'Dies ist unsere letzte Erinnerung. Ohne Zahlung oder Antwort innerhalb von sieben Tagen wird sich eine Kollegin oder ein Kollege wegen der nächsten Schritte bei Ihnen melden.',
    ],
    farewell: 'Freundliche Grüße',
  },
};

function templateOf(wording: Wording, words: ListWords): TemplateText {
  return { subject: wording.subject, text: textOf(wording, words), html: htmlOf(wording, words) };
}

function textOf(
  { greeting, opening, closing, farewell }: Wording,
  { due, late, pay, total }: ListWords,
): string {
  return [
    ...[greeting, '', opening, ''],
    '{% for invoice in invoices -%}',
    `{{ invoice.number }}: {{ invoice.amount }}, ${due} {{ invoice.dueDate }}, ${late}`,
    `{% if invoice.url %}  ${pay}: {{ invoice.url }}`,
    '{% endif -%}',
    '{% endfor %}',
    ...[`${total}: {{ totals | join: ", " }}`, ''],
    ...closing.flatMap((sentence) => [sentence, '']),
    ...[farewell, '{{ sender.name }}'],
  ].join('\n');
}

const cell = 'style="padding:6px 12px 6px 0;text-align:left;vertical-align:top;border-bottom:1px solid #ddd"';
const font = 'style="font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.5;color:#222"';

function htmlOf({ greeting, opening, closing, farewell }: Wording, words: ListWords): string {
  const { late, pay, total, heads } = words;
  return [
    `<div ${font}>`,
    `<p>${greeting}</p>`,
    `<p>${opening}</p>`,
    '<table style="border-collapse:collapse">',
    `<tr>${heads.map((head) => `<th ${cell}>${head}</th>`).join('')}</tr>`,
    '{% for invoice in invoices %}<tr>',
    `<td ${cell}>{{ invoice.number }}{% if invoice.url %}<br><a href="{{ invoice.url }}">${pay}</a>{% endif %}</td>`,
    `<td ${cell}>{{ invoice.dueDate }}<br>${late}</td>`,
    `<td ${cell}>{{ invoice.amount }}</td>`,
    '</tr>{% endfor %}',
    '</table>',
    `<p><strong>${total}: {{ totals | join: ", " }}</strong></p>`,
    ...closing.map((sentence) => `<p>${sentence}</p>`),
    `<p>${farewell}<br>{{ sender.name }}</p>`,
    '</div>',
  ].join('\n');
}

function reminder(title: string, wordings: Readonly<Record<'en' | 'de', Wording>>): MailTemplate {
  return {
    title,
    sample: overdueSample,
    languages: { en: templateOf(wordings.en, lists.en), de: templateOf(wordings.de, lists.de) },
  };
}

/** Reminders of what is overdue, in three tones. */
export const overdueTemplates: Readonly<Record<string, MailTemplate>> = {
  'overdue-friendly': reminder('First reminder of overdue invoices', friendly),
  'overdue-firm': reminder('Second reminder of overdue invoices', firm),
  'overdue-final': reminder('Last reminder, before a person takes over', final),
};
