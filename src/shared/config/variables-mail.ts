import { mailbox } from './mailbox.js';
import { baseUrl, matching, secret, url, wholeNumber } from './shapes.js';
import { optional, withDefault } from './variable.js';

const group = 'Mail';

function credential(shape: string, from: string, does: string) {
  return optional('none', {
    group,
    shape,
    remedy: `Copy it from ${from}, without blanks.`,
    does,
    secret: true,
    parse: secret(matching(/^\S+$/)),
  });
}

const sender = {
  MAIL_FROM: optional(
    'embedded with the sandbox: an address of example.com; otherwise none: nothing is sent',
    {
      group,
      shape: 'an address, or a name and an address: `Example Ltd <billing@example.com>`',
      remedy: 'Set it to an address that your mail provider lets you send from.',
      does: 'Who mails are from.',
      parse: mailbox(),
    },
  ),
  MAIL_REPLY_TO: optional('the address of `MAIL_FROM`', {
    group,
    shape: 'an address',
    remedy: 'Set it to a mailbox whose mails reach a channel of Signalbox.',
    does: 'Where answers go. Its plus addresses (`support+…@example.com`) must arrive there too.',
    parse: mailbox(),
  }),
  MAIL_RETURN_PATH: optional('the sender’s address', {
    group,
    shape: 'an address',
    remedy: 'Set it to a mailbox whose mails reach a channel of Signalbox, or unset it.',
    does: 'SMTP only: where reports of failed deliveries go.',
    parse: mailbox(),
  }),
  MAIL_PER_MINUTE: withDefault('300', {
    group,
    shape: 'a whole number, 1 to 100000',
    remedy: 'Set it to what your mail provider allows: Exchange Online takes 30 a minute.',
    does: 'Mails that may leave in a minute, by all processes together.',
    parse: wholeNumber(1, 100_000),
  }),
};

const smtp = {
  SMTP_URL: optional('embedded without Postmark: the sandbox’s; otherwise none', {
    group,
    shape: '`smtp://user:password@host:587` (STARTTLS) or `smtps://user:password@host:465`',
    remedy: 'Write user and password percent-encoded. `?tls=none` at the end allows a connection in clear.',
    does: 'The mail server by which mails leave, unless Postmark is set. STARTTLS is required of hosts that are not local.',
    secret: true,
    parse: secret(url('smtp', 'smtps')),
  }),
  SMTP_OAUTH_CLIENT_ID: credential(
    'the client id of an OAuth 2.0 app',
    'the app’s registration',
    'With it `SMTP_URL` needs no password: its user signs in by XOAUTH2.',
  ),
  SMTP_OAUTH_CLIENT_SECRET: credential(
    'the client secret of that app',
    'the app’s registration',
    'Fetches access tokens for SMTP.',
  ),
  SMTP_OAUTH_REFRESH_TOKEN: credential(
    'a refresh token of the user in `SMTP_URL`',
    'the consent of that user',
    'Fetches access tokens for SMTP. A newer one that the provider hands out is kept.',
  ),
  SMTP_OAUTH_TOKEN_URL: optional('none', {
    group,
    shape: 'an `http://` or `https://` URL without query',
    remedy: 'Set it to the token endpoint of your provider, e.g. `https://oauth2.googleapis.com/token`.',
    does: 'Where access tokens for SMTP are fetched.',
    parse: baseUrl(),
  }),
  SIGNALBOX_SANDBOX_SMTP_URL: optional('embedded: that of the sandbox that it starts; otherwise none', {
    group,
    shape: '`smtp://127.0.0.1:4025`',
    remedy: 'Set it to what `/_sandbox/mail` of the sandbox shows, or unset it.',
    does: 'The SMTP server of a running sandbox. When `SMTP_URL` is the same, mail counts as the sandbox’s.',
    parse: url('smtp'),
  }),
  SIGNALBOX_SANDBOX_SMTP_PORT: optional('a free one is picked', {
    group,
    shape: 'a port number, 1 to 65535',
    remedy: 'Set it to a number that no other program uses, or unset it.',
    does: 'Embedded profile: port of its sandbox’s SMTP server on 127.0.0.1.',
    parse: wholeNumber(1, 65535),
  }),
};

const postmark = {
  POSTMARK_SERVER_TOKEN: credential(
    'the server API token',
    'the server’s page in Postmark',
    'Sends mails by Postmark’s API, and SMTP is not used.',
  ),
  POSTMARK_BASE_URL: withDefault('https://api.postmarkapp.com', {
    group,
    shape: 'an `http://` or `https://` URL without query',
    remedy: 'Unset it to use Postmark itself.',
    does: 'Where Postmark’s API is.',
    parse: baseUrl(),
  }),
  POSTMARK_MESSAGE_STREAM: withDefault('outbound', {
    group,
    shape: 'the id of a transactional message stream',
    remedy: 'Copy the stream’s id from its settings in Postmark.',
    does: 'The stream by which mails leave.',
    parse: matching(/^[a-z0-9-]{1,50}$/),
  }),
};

/** The variables of outbound mail. */
export const MAIL_VARIABLES = { ...sender, ...smtp, ...postmark };
