/**
 * When rows serve no more.
 *
 * A dedupe key has to outlive the longest retry of any provider: seven days at WhatsApp, three at Stripe and SendGrid, a
 * day or less at all others. It has to outlive the raw body too (30 days), since the replays of a delivery are counted by
 * their keys. What was told last under a key stands against what a provider tells late, and a poll that was switched off
 * meanwhile may come back with what is months old; its rows are few and small, one for each thing there.
 */
export const pastTheirTime = [
  { table: 'intake.dedupe_keys', key: 'channel, key', at: 'received_at', after: '35 days' },
  { table: 'intake.latest', key: 'channel, key', at: 'updated_at', after: '90 days' },
] as const;
