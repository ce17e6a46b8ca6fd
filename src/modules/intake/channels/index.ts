import { AlertmanagerChannel } from './alertmanager.channel.js';
import { CloudEventsChannel } from './events.channel.js';
import { FormsChannel } from './forms.channel.js';
import { HtmlFormChannel } from './html-form.channel.js';
import { HubspotFormsChannel } from './hubspot-forms.channel.js';
import { HubspotChannel } from './hubspot.channel.js';
import { RawMailChannel } from './mail.channel.js';
import { MailgunChannel } from './mailgun.channel.js';
import { PostmarkChannel } from './postmark.channel.js';
import { SendgridChannel } from './sendgrid.channel.js';
import { StripeChannel } from './stripe.channel.js';
import { TypeformChannel } from './typeform.channel.js';
import { WhatsappChannel } from './whatsapp.channel.js';
import { XeroChannel } from './xero.channel.js';
import { ZendeskChannel } from './zendesk.channel.js';

/** Every way in, one line each. */
export const channelClasses = [
  AlertmanagerChannel,
  CloudEventsChannel,
  FormsChannel,
  HtmlFormChannel,
  HubspotChannel,
  RawMailChannel,
  MailgunChannel,
  PostmarkChannel,
  SendgridChannel,
  StripeChannel,
  TypeformChannel,
  WhatsappChannel,
  XeroChannel,
  ZendeskChannel,
] as const;

/** Those that a poll alone feeds. */
export const polledClasses = [HubspotFormsChannel] as const;
