import type { Provider, ProviderContext } from '../../core/provider.ts';
import { mailAdminRoutes } from './admin.ts';
import type { MailEvent } from './events.ts';
import { mailFaultKinds } from './faults.ts';
import { Mailbox } from './mailbox.ts';
import type { MailSettings, MailWorld } from './mailbox.ts';
import { SmtpTokens, tokenRoute } from './oauth.ts';
import { overviewOf } from './overview.ts';
import { DEFAULT_TOKEN, postmarkRoutes } from './postmark/api.ts';
import { SmtpDoor } from './smtp.ts';

/** What SMTP takes as a password, of any user. */
const DEFAULT_PASSWORD = 'sandbox-smtp-password';
const DEFAULTS: MailSettings = { indexLagMs: 1_500, requireAuth: false, tokenSeconds: 3_600 };

/** A mail provider: an SMTP server on a port of its own, Postmark's API below `/postmark`, one mailbox behind both. */
export function mail({ env, record, faults }: ProviderContext): Provider {
  const mailbox = new Mailbox();
  const settings = { ...DEFAULTS };
  const commit = (event: MailEvent): void => {
    mailbox.apply(event);
    record(event);
  };
  const world: MailWorld = { mailbox, settings, commit };
  const tokens = new SmtpTokens(settings);
  const credentials = { password: env['SANDBOX_SMTP_PASSWORD'] || DEFAULT_PASSWORD, tokens };
  const smtp = new SmtpDoor(world, faults, credentials, Number(env['SANDBOX_SMTP_PORT'] ?? 0));
  return {
    name: 'mail',
    routes: (app) => tokenRoute(app, tokens),
    alsoAt: { postmark: (app) => postmarkRoutes(app, world, env['SANDBOX_POSTMARK_TOKEN'] || DEFAULT_TOKEN) },
    adminRoutes: (app) => mailAdminRoutes(app, world, () => smtp.url),
    overview: () => overviewOf(world, smtp.url),
    effects: () => ({ mails: mailbox.effects.summary([]) }),
    faultKinds: mailFaultKinds,
    prepareFault: () => undefined,
    replay: (event) => mailbox.apply(event as MailEvent),
    snapshot: () => mailbox.snapshot(),
    reset() {
      mailbox.clear();
      tokens.clear();
      Object.assign(settings, DEFAULTS);
    },
    start: (host) => smtp.listen(host),
    stop: () => smtp.close(),
  };
}
