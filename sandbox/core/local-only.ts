import type { FastifyRequest } from 'fastify';

const LOCAL_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/**
 * From this machine, and not from a web page of another site: the address is loopback, the Host is a loopback name
 * (a page whose name was rebound to 127.0.0.1 has its own there), and an Origin, when sent, is this server's.
 */
export function isLocalRequest(request: FastifyRequest): boolean {
  const address = request.raw.socket.remoteAddress ?? '';
  const loopback = address === '::1' || /^(::ffff:)?127\./.test(address);
  const { host = '', origin } = request.headers;
  return loopback && LOCAL_NAME.test(host) && (origin === undefined || origin === `http://${host}`);
}
