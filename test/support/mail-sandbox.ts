import { onTestFinished } from 'vitest';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/server.ts';

export const postmarkToken = 'sandbox-postmark-token';

/** A mail as the sandbox shows it. */
export interface SeenMail {
  readonly id: string;
  readonly via: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly messageId: string;
  readonly subject: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly text: string;
  readonly html: string;
}

/** What a test does with the sandbox's mailbox, wherever it runs. */
export class MailSandbox {
  constructor(readonly url: string) {}

  async admin<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const init = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
    const answer = await fetch(`${this.url}/_sandbox${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async smtpUrl(): Promise<string> {
    return (await this.admin<{ smtpUrl: string }>('GET', '/mail')).smtpUrl;
  }

  /** `at` is a step of SMTP (`rcpt`, `data`, …) or a path of Postmark's API (`/email`). */
  async fault(at: string, kind: string, more: object = {}): Promise<void> {
    const match = at.startsWith('/') ? { path: at } : { method: 'SMTP', path: `^/${at}$` };
    await this.admin('POST', '/mail/faults', { match, kind, times: 1, ...more });
  }

  /** Oldest first, each as a whole. */
  async mails(): Promise<SeenMail[]> {
    const { results } = await this.admin<{ results: { id: string }[] }>('GET', '/mail/mails');
    return Promise.all(results.reverse().map(({ id }) => this.admin<SeenMail>('GET', `/mail/mails/${id}`)));
  }

  async effects(): Promise<{ created: number; duplicates: string[]; byKey: Record<string, unknown> }> {
    const all = await this.admin<{ providers: { mail: { mails: never } } }>('GET', '/effects');
    return all.providers.mail.mails;
  }

  reset(): Promise<unknown> {
    return this.admin('POST', '/reset');
  }
}

/** A sandbox in this process, closed at the test's end. */
export async function freshMailSandbox(
  options: SandboxOptions = {},
): Promise<{ sandbox: Sandbox; mail: MailSandbox }> {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  return { sandbox, mail: new MailSandbox(sandbox.url) };
}

export const headerOf = ({ headers }: Pick<SeenMail, 'headers'>, name: string): string | undefined =>
  headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value;
