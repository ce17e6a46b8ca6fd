import type { ConfiguredMailbox } from './mailbox.js';
import type { Values } from './read-environment.js';

/** How mails leave. The credentials are in the secret store. */
export interface MailConfig {
  readonly from?: ConfiguredMailbox;
  /** Where answers go; absent: to the sender. */
  readonly replyTo?: string;
  /** Where SMTP reports failed deliveries to; absent: to the sender. */
  readonly returnPath?: string;
  readonly perMinute: number;
  readonly postmark: { readonly baseUrl: string; readonly stream: string };
  readonly oauthTokenUrl?: string;
  /** Mails end in the sandbox: by which of its doors, and where its SMTP server is. Nothing leaves this machine. */
  readonly sandbox?: { readonly via: 'postmark' } | { readonly via: 'smtp'; readonly url: string };
  /** A provider that is not the sandbox's is configured. */
  readonly isReal: boolean;
}

export function mailConfig(values: Values): MailConfig {
  const baseUrl = values.POSTMARK_BASE_URL;
  const sandbox = sandboxOf(values);
  return {
    from: values.MAIL_FROM,
    replyTo: values.MAIL_REPLY_TO?.address,
    returnPath: values.MAIL_RETURN_PATH?.address,
    perMinute: values.MAIL_PER_MINUTE,
    postmark: { baseUrl, stream: values.POSTMARK_MESSAGE_STREAM },
    oauthTokenUrl: values.SMTP_OAUTH_TOKEN_URL,
    sandbox,
    isReal: !sandbox && (values.POSTMARK_SERVER_TOKEN ?? values.SMTP_URL) !== undefined,
  };
}

function sandboxOf(values: Values): MailConfig['sandbox'] {
  const { SIGNALBOX_SANDBOX_URL: sandbox, SIGNALBOX_SANDBOX_SMTP_URL: url, POSTMARK_BASE_URL: base } = values;
  if (values.POSTMARK_SERVER_TOKEN) {
    const isUnder = sandbox !== undefined && (base === sandbox || base.startsWith(`${sandbox}/`));
    return isUnder ? { via: 'postmark' } : undefined;
  }
  return url !== undefined && values.SMTP_URL?.reveal() === url ? { via: 'smtp', url } : undefined;
}
