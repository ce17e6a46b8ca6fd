import type { CommandContext } from './command.js';

/** Of `GET /admin/v1/channels`, what is shown. */
export interface ShownChannel {
  readonly name: string;
  readonly title: string;
  readonly state: string;
  readonly missing: readonly string[];
  readonly sources: readonly {
    readonly source: string;
    readonly url: string;
    readonly lastAcceptedAt: string | null;
    readonly lastRefusedAt: string | null;
    readonly lastRefusedCode: string | null;
  }[];
}

/** Lists the ways in. */
export async function channels({ api, print }: CommandContext): Promise<boolean> {
  const { items } = await api.get<{ items: ShownChannel[] }>('/channels');
  for (const channel of items) {
    const lacks = channel.missing.length > 0 ? `  lacks ${channel.missing.join(', ')}` : '';
    print(`${channel.state.padEnd(7)}${channel.name.padEnd(14)}${channel.title}${lacks}`);
    for (const { source, url, lastAcceptedAt, lastRefusedAt, lastRefusedCode } of channel.sources) {
      print(`       ${source && `${source}  `}${url}`);
      if (lastAcceptedAt) print(`         last accepted ${lastAcceptedAt}`);
      if (lastRefusedAt) print(`         last refused  ${lastRefusedAt}  ${lastRefusedCode ?? ''}`);
    }
  }
  return true;
}

/** Reads a sample that is signed with the current secret, or takes it in earnest. */
export async function tryChannel(
  { api, print, deliver }: CommandContext,
  name = '',
  source?: string,
): Promise<boolean> {
  const tried = await api.post<{
    updates: { key: string; eventType?: string; ignored?: string }[];
    deliveryId?: string;
  }>(`/channels/${encodeURIComponent(name)}/try`, { source, deliver });
  for (const { key, eventType, ignored } of tried.updates) print(`${eventType ?? ignored ?? ''}  ${key}`);
  print(
    tried.deliveryId
      ? `taken as delivery ${tried.deliveryId}`
      : 'The signature fits, and it can be read. Nothing was kept: --deliver takes it in earnest.',
  );
  return true;
}
