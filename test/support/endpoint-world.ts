import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  SignedEndpoints,
  type SignedEndpointsParts,
} from '../../src/modules/outbound/connectors/signed-endpoints.js';
import type { EndpointCallResult } from '../../src/modules/outbound/contracts.js';
import { endpointOf, type EndpointEntry } from '../../src/modules/outbound/domain/http-endpoint.js';
import { CodedError } from '../../src/shared/kernel/coded-error.js';
import { LaneGates } from '../../src/shared/messaging/lane-gates.js';
import { FreeRates } from './free-rates.js';

export interface SeenRequest {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export const call = {
  ...{ reference: 'sbx-0123', type: 'signalbox.call', data: { order: 7 } as object },
  at: new Date('2026-11-20T12:00:00.000Z'),
};

/** A server on this machine that answers as it is told, and what calls it. */
export class EndpointWorld {
  readonly secrets = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`);
  readonly now = new Date('2026-11-20T12:00:10.900Z');
  origin = '';
  seen: SeenRequest[] = [];
  rates = new FreeRates();
  gates = new LaneGates();
  endpoints!: SignedEndpoints;
  answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      this.seen.push({ url: request.url ?? '', headers: request.headers, body });
      this.answer(request, response);
    });
  });

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  reset(): void {
    this.seen = [];
    this.rates = new FreeRates();
    this.gates = new LaneGates();
    this.connect();
    this.answer = (_request, response) => json(response, 200, { id: 'o-7' });
  }

  connect(parts: Partial<SignedEndpointsParts> = {}): void {
    const { rates, gates, secrets, origin } = this;
    const given = { secrets: async () => secrets, rates, gates, privateOrigins: new Set([origin]) };
    this.endpoints = new SignedEndpoints({ ...given, ...parts });
  }

  send(entry: Partial<EndpointEntry> = {}, given: Partial<typeof call> = {}): Promise<EndpointCallResult> {
    const url = `${this.origin}/orders`;
    const endpoint = endpointOf({ endpoints: { orders: { url, timeoutMs: 700, ...entry } } }, 'orders');
    return this.endpoints.call(endpoint, { ...call, ...given }, this.now);
  }
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** The coded error that a promise ends with. */
export async function failure(promise: Promise<unknown>): Promise<CodedError> {
  const error: unknown = await promise.then(
    (value) => value,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CodedError)) throw new Error(`expected a coded error, got ${JSON.stringify(error)}`);
  return error;
}

/** Brings it up for a spec, as new for each test. */
export function withEndpoint(): EndpointWorld {
  const world = new EndpointWorld();
  beforeAll(() => world.start());
  afterAll(() => world.stop());
  beforeEach(() => world.reset());
  return world;
}
