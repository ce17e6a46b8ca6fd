import type { ProviderOverview } from '../../core/provider.ts';
import type { MailWorld } from './mailbox.ts';

const SHOWN = 50;

export function overviewOf({ mailbox, settings }: MailWorld, smtpUrl: string): ProviderOverview {
  const rows = mailbox
    .list()
    .slice(0, SHOWN)
    .map(({ id, at, via, from, to, subject }) => [
      ...[id, new Date(at).toISOString(), via, from, to.join(', '), subject],
    ]);
  const columns = ['id', 'at', 'by', 'from', 'to', 'subject'];
  const note = `the ${SHOWN} newest of ${mailbox.mails.size}`;
  return {
    holds: {
      mails: mailbox.mails.size,
      bounces: mailbox.bounces.size,
      inactiveAddresses: mailbox.inactive.size,
    },
    settings: { smtpUrl, ...settings },
    tables: [{ title: 'Mails', columns, rows, note }],
    links: {
      mails: '/_sandbox/mail/mails',
      settings: '/_sandbox/mail/settings',
      faults: '/_sandbox/mail/faults',
    },
  };
}
