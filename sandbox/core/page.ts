import type { Call } from './calls.ts';
import type { EffectSummary } from './effects.ts';
import type { FaultRule } from './faults.ts';
import { html, raw } from './html.ts';
import type { Html } from './html.ts';
import { pageStyle } from './page-style.ts';
import type { ProviderOverview, Table } from './provider.ts';

type Effects = Omit<EffectSummary, 'byKey'> & { keys: number };

export type Overview = {
  providers: Record<
    string,
    ProviderOverview & { basePath: string; faults: FaultRule[]; effects: Record<string, Effects> }
  >;
  calls: { total: number; recent: Call[] };
  links: Record<string, string>;
};

type ProviderEntry = Overview['providers'][string];

/** The sandbox at a glance, for a browser. Works without scripts; reload to refresh. */
export function renderPage({ providers, calls, links }: Overview): string {
  const sections = Object.entries(providers).map(([name, provider]) => renderProvider(name, provider));
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Signalbox sandbox</title>
        <style>
          ${raw(pageStyle)}
        </style>
      </head>
      <body>
        <header>
          <h1>Signalbox sandbox</h1>
          <p>Provider simulators. Nothing here reaches the real services. ${renderLinks(links)}</p>
        </header>
        <main>${sections} ${renderCalls(calls.recent, calls.total)}</main>
      </body>
    </html>`.text;
}

function renderProvider(name: string, provider: ProviderEntry): Html {
  const effects = Object.entries(provider.effects).map(([kind, counts]) => renderEffects(kind, counts));
  return html`<section>
    <h2>${name} <code>${provider.basePath}</code></h2>
    <p>${renderLinks(provider.links)}</p>
    <div class="cards">
      ${Object.entries(provider.holds).map(([kind, count]) => renderCard(spaced(kind), count))} ${effects}
    </div>
    ${provider.tables.map(renderTable)} ${renderFaults(provider.faults)}
    <h3>Settings</h3>
    <p>
      ${Object.entries(provider.settings).map(([key, value]) => html`<code>${key} ${String(value)}</code> `)}
    </p>
  </section>`;
}

function renderEffects(kind: string, effects: Effects): Html[] {
  return [
    renderCard(`${kind} created by the API`, effects.created),
    renderCard('changing updates', effects.updated),
    renderCard('writes that changed nothing', effects.unchangedWrites),
    renderCard('duplicates', effects.duplicates.length + effects.shared.length, true),
  ];
}

function renderCard(label: string, count: number, badWhenAny = false): Html {
  return html`<div class="${badWhenAny && count > 0 ? 'card bad' : 'card'}">
    <b>${count}</b><span>${label}</span>
  </div>`;
}

function renderTable({ title, columns, rows, note = '' }: Table): Html {
  const body = rows.map(
    (row) =>
      html`<tr>
        ${row.map((cell) => html`<td>${cell}</td>`)}
      </tr>`,
  );
  const empty = html`<tr>
    <td class="empty" colspan="${columns.length}">nothing yet</td>
  </tr>`;
  return html`<h3>${title} <small>${note}</small></h3>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${columns.map((column) => html`<th>${column}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.length > 0 ? body : empty}
        </tbody>
      </table>
    </div>`;
}

function renderFaults(rules: FaultRule[]): Html {
  const rows = rules.map((rule) => [
    rule.kind ?? JSON.stringify({ ...rule.fault, body: undefined }),
    `${rule.match.method ?? 'any'} ${rule.match.path ?? ''}`,
    rule.probability === undefined ? 'always' : String(rule.probability),
    rule.times === undefined ? '' : String(rule.times),
    `${rule.fired} of ${rule.seen}`,
  ]);
  return renderTable({ title: 'Faults', columns: ['fault', 'match', 'probability', 'times', 'fired'], rows });
}

function renderCalls(calls: Call[], total: number): Html {
  const rows = calls.map((call) => [
    new Date(call.at).toISOString().slice(11, 23),
    call.provider,
    call.method,
    call.path,
    call.status === 0 ? 'no answer' : String(call.status),
    String(call.ms),
    call.fault ?? '',
  ]);
  const columns = ['time', 'provider', 'method', 'path', 'status', 'ms', 'fault'];
  const note = `the last ${calls.length} of ${total}`;
  return html`<section>${renderTable({ title: 'Recent calls', columns, rows, note })}</section>`;
}

const renderLinks = (links: Record<string, string>): Html[] =>
  Object.entries(links).map(([label, href]) => html`<a href="${href}">${spaced(label)}</a> `);

const spaced = (name: string): string => name.replace(/([A-Z])/g, ' $1').toLowerCase();
