/** How an SMTP server is reached. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** `implicit`: from the first byte. `required`: by STARTTLS, or not at all. `offered`: where the server has it. */
  readonly tls: 'implicit' | 'required' | 'offered' | 'none';
  readonly user?: string;
  readonly password?: string;
}

const local = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`. A server that is not on this machine has to offer
 * TLS, unless `?tls=none` says that it need not. @returns undefined for what is no such URL
 */
export function smtpServerOf(text: string): SmtpServer | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isImplicit = url.protocol === 'smtps:';
  if ((!isImplicit && url.protocol !== 'smtp:') || url.hostname === '') return undefined;
  const user = decoded(url.username);
  const password = decoded(url.password);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isImplicit ? 465 : 587) : Number(url.port),
    tls: isImplicit ? 'implicit' : tlsOf(url),
    ...(user !== '' && { user }),
    ...(password !== '' && { password }),
  };
}

function tlsOf({ searchParams, hostname }: URL): SmtpServer['tls'] {
  if (searchParams.get('tls') === 'none') return 'none';
  return local.test(hostname) ? 'offered' : 'required';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
