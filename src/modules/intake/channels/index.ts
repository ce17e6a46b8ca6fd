import { FormsChannel } from './forms.channel.js';
import { StripeChannel } from './stripe.channel.js';

/** Every way in, one line each. */
export const channelClasses = [FormsChannel, StripeChannel] as const;
