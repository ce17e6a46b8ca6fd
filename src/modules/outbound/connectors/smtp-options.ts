import type { SmtpServer } from './smtp-server.js';

export interface SmtpOptions {
  /** Said in EHLO. */
  readonly name: string;
  /** For XOAUTH2, in place of a password. */
  readonly accessToken?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** What nodemailer is told of a server. */
export function connectionOptions(server: SmtpServer, { name, timeoutMs }: SmtpOptions) {
  const { host, port, tls } = server;
  return {
    ...{
      host,
      port,
      name,
      secure: tls === 'implicit',
      requireTLS: tls === 'required',
      ignoreTLS: tls === 'none',
    },
    tls: { minVersion: 'TLSv1.2' as const },
    ...{
      connectionTimeout: Math.min(5_000, timeoutMs),
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
    },
    ...{ dnsTimeout: Math.min(5_000, timeoutMs), maxResponseSize: 65_536, socketCloseTimeout: 1_000 },
  };
}

/** As whom the session signs in. */
export function credentials({ password }: SmtpServer, user: string, { accessToken }: SmtpOptions) {
  if (accessToken === undefined) return { user, pass: password ?? '' };
  const initial = (token: string): string =>
    Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64');
  const oauth2 = {
    getToken: (_renew: boolean, done: (error: Error | null, token: string) => void) =>
      done(null, accessToken),
    buildXOAuth2Token: initial,
  };
  return { user, method: 'XOAUTH2', oauth2: oauth2 as never };
}
