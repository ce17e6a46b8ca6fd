import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** Status 0: the connection broke before the answer was whole. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * One kept-alive connection, one request at a time. It knows just enough of HTTP for answers with a content-length:
 * sender and server share the machine, so what the sender costs the server doesn't have.
 */
export class HttpConnection {
  isOpen = true;
  private readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  private pending: ((answer: Answer) => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.onData(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isOpen = false;
      this.settle({ status: 0, body: '' });
    });
  }

  static open(host: string, port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  /** Never rejects. */
  send(request: Buffer): Promise<Answer> {
    return new Promise((resolve) => {
      if (!this.isOpen) return resolve({ status: 0, body: '' });
      this.pending = resolve;
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private onData(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const end = this.received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.received.toString('latin1', 0, end);
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    const bodyStart = end + 4;
    if (this.received.length < bodyStart + length) return;
    const body = this.received.toString('utf8', bodyStart, bodyStart + length);
    this.received = this.received.subarray(bodyStart + length);
    this.settle({ status: Number(head.slice(9, 12)), body });
  }

  private settle(answer: Answer): void {
    const { pending } = this;
    this.pending = undefined;
    pending?.(answer);
  }
}
