import { html, raw } from '../../core/html.ts';
import type { Html } from '../../core/html.ts';
import { pageStyle } from '../../core/page-style.ts';
import type { KeptMail } from './events.ts';
import type { ReadMail } from './mime.ts';

const SOURCE_STYLE = 'pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 13px; }';

/** All mails, newest first, for a browser. */
export function renderList(mails: readonly KeptMail[], total: number): string {
  const rows = mails.map(
    (mail) =>
      html`<tr>
        <td>${new Date(mail.at).toISOString()}</td>
        <td>${mail.via}</td>
        <td>${mail.from}</td>
        <td>${mail.to.join(', ')}</td>
        <td><a href="/_sandbox/mail/mails/${mail.id}">${mail.subject || '(no subject)'}</a></td>
      </tr>`,
  );
  return document(
    'Mails',
    html`<p>The last ${mails.length} of ${total}. <a href="/_sandbox">Sandbox</a></p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>at</th>
              <th>by</th>
              <th>from</th>
              <th>to</th>
              <th>subject</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>`,
  );
}

/** One mail. Its HTML is shown as source: a mail's markup is nothing to be run on this page. */
export function renderMail(mail: KeptMail, read: ReadMail): string {
  return document(
    read.subject || '(no subject)',
    html`<p>
        <a href="/_sandbox/mail/mails">All mails</a>
        <a href="/_sandbox/mail/mails/${mail.id}/raw">Raw</a>
      </p>
      <h3>Envelope</h3>
      <pre>${mail.from} to ${mail.to.join(', ')}, by ${mail.via}, ${new Date(mail.at).toISOString()}</pre>
      <h3>Headers</h3>
      <pre>${read.headers.map(({ name, value }) => `${name}: ${value}`).join('\n')}</pre>
      <h3>Text</h3>
      <pre>${read.text}</pre>
      <h3>HTML</h3>
      <pre>${read.html}</pre>`,
  );
}

function document(title: string, content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${raw(pageStyle)} ${raw(SOURCE_STYLE)}
        </style>
      </head>
      <body>
        <header><h1>${title}</h1></header>
        <main><section>${content}</section></main>
      </body>
    </html>`.text;
}
