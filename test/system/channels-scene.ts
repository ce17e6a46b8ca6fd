import { until } from '../support/until.ts';
import type { Facts } from './facts.ts';
import type { Finding, SceneProof } from './proof.ts';
import type { Scene, Stage } from './scene.ts';

/** Ways in of which each form has one. */
const forms: Readonly<Record<string, { readonly name: string; readonly via: string }>> = {
  'html-form': { name: 'demo-page', via: 'html' },
  typeform: { name: 'demo-survey', via: 'typeform' },
};

/** One genuine request by every way in, as its provider signs it. */
export class ChannelsScene implements Scene {
  readonly title = 'A sample by every channel';
  private readonly tried = new Map<string, string>();
  private readonly stage: Stage;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  async play(): Promise<string[]> {
    const { admin, facts } = this.stage;
    for (const { name, via } of Object.values(forms)) await this.register(name, via);
    const { items } = await admin.get<{ items: { name: string; sources: object[] }[] }>('/channels');
    // What is only polled has no address to send a sample to.
    for (const { name } of items.filter(({ sources }) => sources.length > 0)) {
      const source = forms[name]?.name ?? (name === 'forms' ? 'contact' : undefined);
      const asked = { deliver: true, ...(source && { source }) };
      const { deliveryId } = await admin.post<{ deliveryId?: string }>(`/channels/${name}/try`, asked);
      this.tried.set(name, deliveryId ?? '');
    }
    await until('every sample to be worked on', async () => (await facts.unsettled()) === 0, 60_000);
    return [`${this.tried.size} channels: ${[...this.tried.keys()].join(', ')}`];
  }

  /** Deliveries of the samples. */
  get samples(): ReadonlySet<string> {
    return new Set(this.tried.values());
  }

  /** The same sample has another id each time, so there is nothing to plant. */
  async plant(): Promise<void> {}

  async prove({ inbound }: Facts): Promise<SceneProof> {
    const findings: Finding[] = [];
    for (const [channel, id] of this.tried) {
      const rows = inbound.filter((one) => one.id === id && one.channel === channel);
      if (rows.length !== 1)
        findings.push({ kind: 'lost', subject: channel, what: `${rows.length} deliveries of its sample` });
      else if (rows[0]?.status !== 'accepted')
        findings.push({ kind: 'lost', subject: channel, what: `its sample is ${rows[0]?.status}` });
    }
    return { line: `${this.tried.size} samples by ${this.tried.size} channels, each one delivery`, findings };
  }

  /** A form like the one that ships, with another way in. */
  private async register(name: string, via: string): Promise<void> {
    const { admin } = this.stage;
    const { fields, mapping } = await admin.get<{ fields: object; mapping: object }>('/forms/contact');
    const settings = via === 'html' ? { origins: ['https://www.example.com'] } : {};
    await admin.put(`/forms/${name}`, { via, fields, mapping, settings });
  }
}
