import type { ProviderFactory } from '../core/provider.ts';
import { endpoint } from './endpoint/endpoint.ts';
import { hubspot } from './hubspot/hubspot.ts';
import { mail } from './mail/mail.ts';
import { slack } from './slack/slack.ts';
import { stripe } from './stripe/stripe.ts';
import { whatsapp } from './whatsapp/whatsapp.ts';
import { xero } from './xero/xero.ts';
import { zendesk } from './zendesk/zendesk.ts';

/** The simulators of this sandbox: one line each. */
export const providers: ProviderFactory[] = [hubspot, xero, stripe, mail, slack, zendesk, whatsapp, endpoint];
