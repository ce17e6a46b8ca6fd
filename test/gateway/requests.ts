import type { InboundRequest } from '../../src/modules/intake/channels/channel.js';

/** A request for a channel's `read`, with this body (as JSON unless it is bytes). */
export function inboundRequest(body: unknown, more: Partial<InboundRequest> = {}): InboundRequest {
  return {
    ...{ method: 'POST', source: '', url: 'https://hooks.example.com/', ip: '127.0.0.1' },
    headers: { 'content-type': 'application/json' },
    body: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01',
    receivedAt: new Date('2026-11-20T12:00:00Z'),
    ...more,
  };
}
