import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { connectionOptions, credentials, type SmtpOptions } from './smtp-options.js';
import type { SmtpServer } from './smtp-server.js';

/** What a server said: its code, and its enhanced status code (RFC 3463) where it gave one. */
export interface SmtpReply {
  readonly code: number;
  readonly status?: string;
}

export type SmtpStage = 'connect' | 'auth' | 'mail' | 'rcpt' | 'data';

/** Why a session ended before its end. */
export class SmtpFailure extends Error {
  constructor(
    readonly stage: SmtpStage,
    /** Absent: the server said nothing. */
    readonly reply: SmtpReply | undefined,
    /** All of the mail was on its way, so that the server may have taken it. */
    readonly handedOver: boolean,
    /** nodemailer's: `ECONNECTION`, `ETIMEDOUT`, `ETLS`, … */
    readonly code: string,
    /** Recipients that were refused before it ended. */
    readonly refused: readonly SmtpRefusal[] = [],
  ) {
    super(`SMTP ended at ${stage} (${reply?.code ?? code})`);
    this.name = 'SmtpFailure';
  }
}

export interface SmtpRefusal {
  readonly address: string;
  readonly reply: SmtpReply | undefined;
}

export interface SmtpTaken {
  readonly accepted: readonly string[];
  readonly refused: readonly SmtpRefusal[];
}

type Done<T> = (error: Error | null | undefined, value?: T) => void;

/** One connection to a server, for one mail: it has one deadline, and knows how far the mail has come. */
export class SmtpSession {
  private readonly connection: SMTPConnection;
  private readonly until: AbortSignal;
  private readonly broken: Promise<never>;
  private stage: SmtpStage = 'connect';
  private handedOver = false;

  constructor(
    private readonly server: SmtpServer,
    private readonly options: SmtpOptions,
  ) {
    const deadline = AbortSignal.timeout(options.timeoutMs);
    this.until = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
    this.connection = new SMTPConnection(connectionOptions(server, options));
    this.broken = this.watch();
    this.broken.catch(() => undefined);
  }

  /** Connects, and signs in where there is somebody to sign in as. @throws SmtpFailure */
  async open(): Promise<void> {
    await this.within('connect', (done) => this.connection.connect(done));
    const { user } = this.server;
    if (user === undefined) return;
    await this.within('auth', (done) =>
      this.connection.login(credentials(this.server, user, this.options), done),
    );
  }

  /** @param raw MIME @throws SmtpFailure; when no recipient was taken it is an answer, and nothing was handed over */
  async send(from: string, to: readonly string[], raw: Buffer): Promise<SmtpTaken> {
    const body = Readable.from([raw]);
    // Read to its end, which happens only after the server has asked for it: from here on nobody knows.
    body.once('end', () => (this.handedOver = true));
    const envelope = { from, to: [...to], size: raw.length };
    try {
      const taken = await this.within<Taken>('mail', (done) => this.connection.send(envelope, body, done));
      return { accepted: to.filter((address) => !isIn(taken, address)), refused: refusalsIn(taken) };
    } catch (error) {
      const refused = error instanceof SmtpFailure ? error.refused : [];
      if (refused.length === to.length && !this.handedOver) return { accepted: [], refused };
      throw error;
    }
  }

  /** Takes leave as servers expect it; its answer is not waited for. */
  quit(): void {
    this.connection.quit();
  }

  close(): void {
    this.connection.close();
  }

  /** Ends with the connection, or when the time is over. */
  private watch(): Promise<never> {
    return new Promise((_, reject) => {
      this.connection.on('error', (error: Error) => reject(this.failure(error)));
      const end = (): void => {
        this.connection.close();
        const code = this.options.signal?.aborted === true ? 'ABORTED' : 'ETIMEDOUT';
        reject(this.failure(Object.assign(new Error('it was ended'), { code })));
      };
      if (this.until.aborted) end();
      else this.until.addEventListener('abort', end, { once: true });
    });
  }

  private async within<T>(stage: SmtpStage, work: (done: Done<T>) => void): Promise<T> {
    this.stage = stage;
    const done = new Promise<T>((resolve, reject) => {
      work((error, value) => (error ? reject(this.failure(error)) : resolve(value as T)));
    });
    return Promise.race([done, this.broken]);
  }

  /** Without its cause: what servers say may name people. */
  private failure(error: ClientError): SmtpFailure {
    const reply = replyIn(error);
    const stage = (reply && stageOf(error.command ?? '')) ?? this.stage;
    return new SmtpFailure(stage, reply, this.handedOver, error.code ?? 'ESOCKET', refusalsIn(error));
  }
}

/** An error of nodemailer. */
interface ClientError extends Error, Taken {
  readonly code?: string;
  /** To which a server replied: `RCPT TO`. */
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: unknown;
}

function stageOf(command: string): SmtpStage | undefined {
  if (command.startsWith('AUTH')) return 'auth';
  return ({ 'MAIL FROM': 'mail', 'RCPT TO': 'rcpt', DATA: 'data' } as const)[command];
}

/** What nodemailer says of recipients, in its answer or in its error. */
interface Taken {
  readonly rejectedErrors?: readonly (Error & { readonly recipient?: string })[];
}

function isIn({ rejectedErrors = [] }: Taken, address: string): boolean {
  return rejectedErrors.some(({ recipient }) => recipient === address);
}

function refusalsIn({ rejectedErrors = [] }: Taken): SmtpRefusal[] {
  return rejectedErrors.flatMap((error) => {
    const { recipient: address } = error;
    return address === undefined ? [] : [{ address, reply: replyIn(error) }];
  });
}

function replyIn(error: Error): SmtpReply | undefined {
  const { responseCode: code, response } = error as ClientError;
  if (typeof code !== 'number' || code < 400) return undefined;
  const text = typeof response === 'string' ? response.slice(0, 500) : '';
  const status = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1];
  return { code, ...(status !== undefined && { status }) };
}
