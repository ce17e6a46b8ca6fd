import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type {
  SMTPServerAuthentication,
  SMTPServerAuthenticationResponse,
  SMTPServerDataStream,
  SMTPServerSession,
} from 'smtp-server';
import type { Fault, FaultBoard } from '../../core/faults.ts';
import { readMime } from './mime.ts';
import type { MailWorld } from './mailbox.ts';
import type { SmtpTokens } from './oauth.ts';

type Step = 'connect' | 'auth' | 'mail' | 'rcpt' | 'data';
type Answer = (error?: Error | null) => void;
type AuthAnswer = (error: Error | null, response?: SMTPServerAuthenticationResponse) => void;

/** What opens the server: one password for any user, and access tokens that were given out. */
export type SmtpCredentials = { password: string; tokens: SmtpTokens };

const MAX_BYTES = 25 * 1024 * 1024;

/** The SMTP server. It offers no TLS, needs no user unless told so, and can be disturbed at each command. */
export class SmtpDoor {
  private readonly world: MailWorld;
  private readonly faults: FaultBoard;
  private readonly credentials: SmtpCredentials;
  private readonly wantedPort: number;
  private readonly server: SMTPServer;
  private address = '';

  constructor(world: MailWorld, faults: FaultBoard, credentials: SmtpCredentials, port: number) {
    this.world = world;
    this.faults = faults;
    this.credentials = credentials;
    this.wantedPort = port;
    this.server = new SMTPServer({
      name: 'sandbox.example',
      banner: 'Signalbox sandbox',
      size: MAX_BYTES,
      authOptional: true,
      authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      disableReverseLookup: true,
      // The texts of the faults carry codes of their own.
      hideENHANCEDSTATUSCODES: true,
      hideDSN: false,
      closeTimeout: 100,
      logger: false,
      onConnect: (session, done) => this.step('connect', session, done),
      onAuth: (auth, session, done) => this.authenticate(auth, session, done),
      onMailFrom: (_address, session, done) => {
        const isStranger = this.world.settings.requireAuth && !session.user;
        if (isStranger) done(refusal(530, '5.7.0 Authentication required'));
        else this.step('mail', session, done);
      },
      onRcptTo: (_address, session, done) => this.step('rcpt', session, done),
      onData: (stream, session, done) => this.receive(stream, session, done),
    });
    this.server.on('error', () => undefined);
  }

  /** `smtp://127.0.0.1:4025`, while it listens. */
  get url(): string {
    return this.address;
  }

  async listen(host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.server.once('error', reject);
      this.server.listen(this.wantedPort, host, () => resolve());
    });
    const { port } = this.server.server.address() as AddressInfo;
    this.address = `smtp://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  async close(): Promise<void> {
    if (this.address === '') return;
    this.address = '';
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private authenticate(auth: SMTPServerAuthentication, session: SMTPServerSession, done: AuthAnswer): void {
    const { username = '', password, accessToken, method } = auth;
    const { tokens, password: known } = this.credentials;
    const fits = method === 'XOAUTH2' ? tokens.isGood(accessToken) : password === known;
    this.step('auth', session, (error) => {
      if (error) done(error);
      else if (fits) done(null, { user: username });
      else done(refusal(535, '5.7.8 Authentication credentials invalid'));
    });
  }

  private step(step: Step, session: SMTPServerSession, answer: Answer): void {
    const fault = this.faults.pick('SMTP', `/${step}`)?.fault ?? {};
    if (fault.reset) return this.cut(session);
    later((fault.delayMs ?? 0) + (fault.holdMs ?? 0), () => answer(errorOf(fault)));
  }

  private receive(stream: SMTPServerDataStream, session: SMTPServerSession, answer: Answer): void {
    const fault = this.faults.pick('SMTP', '/data')?.fault ?? {};
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => undefined);
    if (fault.reset === 'before') return this.cut(session);
    stream.on('end', () =>
      later(fault.delayMs, () => {
        const error = stream.sizeExceeded ? tooLarge() : errorOf(fault);
        const kept = error ? Promise.resolve() : this.keep(Buffer.concat(chunks), session);
        void kept.then(
          () => (fault.reset ? this.cut(session) : later(fault.holdMs, () => answer(error))),
          (reason: unknown) => answer(reason instanceof Error ? reason : new Error(String(reason))),
        );
      }),
    );
  }

  private async keep(raw: Buffer, { envelope }: SMTPServerSession): Promise<void> {
    const { messageId, subject } = await readMime(raw);
    this.world.commit({
      type: 'mail-received',
      mail: {
        id: String(this.world.mailbox.nextId),
        at: Date.now(),
        via: 'smtp',
        from: envelope.mailFrom ? envelope.mailFrom.address : '',
        to: envelope.rcptTo.map(({ address }) => address),
        messageId,
        subject,
        raw: raw.toString('base64'),
      },
    });
  }

  private cut({ id }: SMTPServerSession): void {
    for (const connection of this.server.connections) {
      if (connection.id === id) connection._socket.destroy();
    }
  }
}

/** A status from 400 on refuses the command; the body is the text after it. */
function errorOf({ status, body }: Fault): Error | null {
  if (status === undefined || status < 400) return null;
  return refusal(status, typeof body === 'string' ? body : 'refused');
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function tooLarge(): Error {
  return refusal(552, '5.3.4 The message is too large');
}

function later(ms: number | undefined, action: () => void): void {
  if (ms === undefined || ms === 0) action();
  else setTimeout(action, ms).unref();
}
