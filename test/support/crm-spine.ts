import type { Type } from '@nestjs/common';
import { CrmModule } from '../../src/modules/crm/crm.module.js';
import { SecretStore } from '../../src/shared/secrets/secret-store.js';
import { Spine, type SpineOptions } from './spine.js';

interface CrmSpineOptions extends Omit<SpineOptions, 'handlers' | 'modules' | 'env'> {
  readonly handlers?: readonly Type[];
  /** The sandbox's address. */
  readonly url: string;
}

/** The spine with the crm context, connected to the HubSpot of a sandbox. */
export async function crmSpine({ url, handlers = [], ...options }: CrmSpineOptions): Promise<Spine> {
  const token = 'sandbox-hubspot-token';
  const env = { HUBSPOT_BASE_URL: `${url}/hubspot`, HUBSPOT_ACCESS_TOKEN: token };
  const spine = await Spine.start({ ...options, handlers, modules: [CrmModule], env });
  await spine.get(SecretStore).seed('hubspot.access-token', [token]);
  return spine;
}
