import type { FastifyInstance } from 'fastify';
import { RouteUnknown } from './http.errors.js';

const roleOfPath: readonly (readonly [path: string, role: string])[] = [
  ['/webhooks', 'gateway'],
  ['/admin', 'admin'],
  ['/oauth', 'admin'],
  ['/docs', 'admin'],
];

/**
 * A process answers only for the roles that it has: what belongs to another role is not there. The route that was
 * matched decides, not the address as it was written.
 */
export function registerRoleRoutes(fastify: FastifyInstance, roles: ReadonlySet<string>): void {
  const closed = roleOfPath.filter(([, role]) => !roles.has(role)).map(([path]) => path);
  if (closed.length === 0) return;
  fastify.addHook('onRequest', async ({ routeOptions }) => {
    const route = routeOptions.url ?? '';
    if (closed.some((path) => route === path || route.startsWith(`${path}/`))) throw RouteUnknown();
  });
}
