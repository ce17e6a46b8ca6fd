/** The admin API did not do what it was asked to. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';

  constructor(
    message: string,
    /** Status of the answer; 0 when there was none. */
    readonly status: number,
    /** Of the problem, e.g. `ADMIN.PARTS_NOT_CONFIRMED`. */
    readonly code: string,
  ) {
    super(message);
  }
}

const timeoutMs = 60_000;

/** The admin API of an installation, by an API key. */
export class AdminApi {
  constructor(
    readonly url: string,
    private readonly key: string,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.call('GET', path);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.call('POST', path, body);
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    if (!this.key) throw new ApiFailure('There is no API key: use --key or SIGNALBOX_API_KEY.', 0, '');
    const answer = await fetch(`${this.url}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      const reason = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).name;
      throw new ApiFailure(`${this.url} does not answer (${reason}): is it running?`, 0, '');
    });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text) as T;
    const problem = parsed(text);
    const what = problem.detail ?? problem.title ?? answer.statusText;
    throw new ApiFailure(`${problem.code ?? answer.status}: ${what}`, answer.status, problem.code ?? '');
  }
}

function parsed(text: string): { title?: string; detail?: string; code?: string } {
  try {
    return JSON.parse(text) as { title?: string; detail?: string; code?: string };
  } catch {
    return {};
  }
}
