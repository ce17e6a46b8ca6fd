import { FormsChannel } from './forms.channel.js';

/** Every way in, one line each. */
export const channelClasses = [FormsChannel] as const;
