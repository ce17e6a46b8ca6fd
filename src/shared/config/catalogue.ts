import { CHANNEL_VARIABLES } from './variables-channels.js';
import { CORE_VARIABLES } from './variables-core.js';
import { MAIL_VARIABLES } from './variables-mail.js';
import { PROVIDER_VARIABLES } from './variables-providers.js';

/** Every environment variable that Signalbox reads, by name. `docs/configuration.md` is rendered from it. */
export const CATALOGUE = {
  ...CORE_VARIABLES,
  ...CHANNEL_VARIABLES,
  ...PROVIDER_VARIABLES,
  ...MAIL_VARIABLES,
};

export type VariableName = keyof typeof CATALOGUE;
