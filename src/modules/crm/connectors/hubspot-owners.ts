import { Remembered } from '../../../shared/connectors/remembered.js';
import { CrmOwners, type CrmOwner } from './crm-owners.js';
import type { HubspotOwnersApi } from './hubspot-owners-api.js';

const keptMs = 60_000;

/** HubSpot's owners, each asked for once a minute: an active one first, else among those that were deactivated. */
export class HubspotOwners extends CrmOwners {
  private readonly known = new Remembered<CrmOwner | undefined>(keptMs);

  constructor(private readonly api: HubspotOwnersApi) {
    super();
  }

  async byId(id: string): Promise<CrmOwner | undefined> {
    if (!/^\d{1,15}$/.test(id)) return undefined;
    const ask = async (): Promise<CrmOwner | undefined> =>
      (await this.api.byId(id, false)) ?? (await this.api.byId(id, true));
    return this.known.get(`id:${id}`, ask);
  }

  async byEmail(email: string): Promise<CrmOwner | undefined> {
    const address = email.trim().toLowerCase();
    if (address === '') return undefined;
    const ask = async (): Promise<CrmOwner | undefined> =>
      (await this.api.byEmail(address, false)) ?? (await this.api.byEmail(address, true));
    return this.known.get(`email:${address}`, ask);
  }
}
