import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { CodedError } from '../kernel/coded-error.js';
import { requestContextOf } from '../observability/request-context.js';
import { Forbidden, KeyMissing } from './access.errors.js';
import { bearerOf, parseKey } from './api-key.js';
import { networkOf } from './guess-limiter.js';
import { KeyVerifier } from './key-verifier.js';
import { type Permission, permissionKey, publicKey } from './permissions.js';
import { actorOf, setPrincipal } from './principal.js';
import { Refusals } from './refusals.js';

/** The door of every route: public ones by their word, the others for keys with the ability that the route states. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: KeyVerifier,
    private readonly refusals: Refusals,
    private readonly hash: KeyedHash,
  ) {}

  /** @throws ACCESS.KEY_MISSING, ACCESS.KEY_INVALID, ACCESS.TOO_MANY_WRONG_KEYS, ACCESS.FORBIDDEN */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<string | undefined>(publicKey, targets) !== undefined) return true;
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(permissionKey, targets);
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    await this.require(permission, request);
    return true;
  }

  private async require(permission: Permission | undefined, request: FastifyRequest): Promise<void> {
    const text = bearerOf(request.headers.authorization);
    if (text === undefined) throw KeyMissing();
    const principal = await this.verifier
      .verify(text, request.ip)
      .catch((error: unknown) => this.refuse(request, 'anonymous', parseKey(text)?.id, error));
    setPrincipal(request, principal);
    if (permission && principal.can(permission.action, permission.subject)) return;
    const { action, subject } = permission ?? { action: 'nothing', subject: 'nothing' };
    await this.refuse(request, actorOf(principal), undefined, Forbidden({ details: { action, subject } }));
  }

  /** Only what looks like a key is worth an entry: all else is noise of scanners, which the log has. */
  private async refuse(
    request: FastifyRequest,
    actor: string,
    keyId: string | undefined,
    error: unknown,
  ): Promise<never> {
    const isWorthIt = actor !== 'anonymous' || keyId !== undefined;
    if (isWorthIt && error instanceof CodedError && error.kind !== 'transient') {
      await this.refusals.record({
        actor,
        action: 'access.request-refused',
        subject: keyId === undefined ? undefined : `api-key:${keyId}`,
        traceId: requestContextOf(request.raw).traceId,
        details: {
          code: error.code,
          method: request.method,
          route: request.routeOptions.url ?? 'unknown',
          source: this.hash.of('source-address', networkOf(request.ip)).toString('hex').slice(0, 16),
        },
      });
    }
    throw error;
  }
}
