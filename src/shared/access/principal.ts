import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Abilities, abilitiesOf } from './abilities.js';

/** Who is behind an admin request. */
export interface Principal extends Abilities {
  readonly kind: 'key';
  /** The visible part of the key. */
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
}

/** The principal of a key with these roles. */
export function keyPrincipal(key: { id: string; name: string; roles: readonly string[] }): Principal {
  const abilities = abilitiesOf(key.roles);
  const can: Abilities['can'] = (action, subject) => abilities.can(action, subject);
  return { kind: 'key', id: key.id, name: key.name, roles: key.roles, can };
}

/** How a principal is named in audit entries and as the creator of rows. */
export function actorOf(principal: Principal): string {
  return `${principal.kind}:${principal.id}`;
}

const principals = new WeakMap<object, Principal>();

/** Done by the guard alone. */
export function setPrincipal(request: FastifyRequest, principal: Principal): void {
  principals.set(request, principal);
}

/** The principal that the guard found; none on public routes. */
export function principalOf(request: FastifyRequest): Principal | undefined {
  return principals.get(request);
}

/** Gives a controller's method the principal of a route declared with `@Can`. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = principalOf(context.switchToHttp().getRequest<FastifyRequest>());
  if (!principal) throw new Error('@CurrentPrincipal stands on a route without @Can');
  return principal;
});
