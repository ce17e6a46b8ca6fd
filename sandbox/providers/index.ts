import type { ProviderFactory } from '../core/provider.ts';
import { hubspot } from './hubspot/hubspot.ts';

/** The simulators of this sandbox: one line each. */
export const providers: ProviderFactory[] = [hubspot];
