interface Policy {
  readonly version: number;
  readonly body: Record<string, unknown>;
}

/** The admin API as a person with every role uses it. */
export class AdminClient {
  private readonly url: string;
  private readonly key: string;

  constructor(url: string, key: string) {
    this.url = url;
    this.key = key;
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path).then(({ body }) => body);
  }

  post<T>(path: string, body: object = {}): Promise<T> {
    return this.call<T>('POST', path, body).then((answer) => answer.body);
  }

  put<T>(path: string, body: object): Promise<T> {
    return this.call<T>('PUT', path, body).then((answer) => answer.body);
  }

  /** Makes another version of a policy out of the active one, and decides by it from then on. */
  async changePolicy(name: string, change: (body: Record<string, unknown>) => object): Promise<void> {
    const read = await this.call<{ active: Policy }>('GET', `/policies/${name}`);
    const body = change(read.body.active.body);
    const place = `/policies/${name}`;
    const saved = await this.call<{ draft: Policy }>(
      'PUT',
      `${place}/draft`,
      { body },
      { 'if-match': read.etag },
    );
    const { version } = saved.body.draft;
    await this.call('POST', `${place}/activate`, { version, reason: 'demo' }, { 'if-match': saved.etag });
  }

  /** @throws Error when it does not answer 2xx */
  private async call<T>(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ body: T; etag: string }> {
    const answer = await fetch(`${this.url}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return { body: JSON.parse(text || '{}') as T, etag: answer.headers.get('etag') ?? '' };
  }
}
