import { Injectable } from '@nestjs/common';
import { KeyInvalid } from './access.errors.js';
import { type ClearKey, parseKey, sameHash } from './api-key.js';
import { ApiKeys } from './api-keys.js';
import { GuessLimiter } from './guess-limiter.js';
import { KeyUsage } from './key-usage.js';
import { Monotonic } from './monotonic.js';
import { keyPrincipal, type Principal } from './principal.js';

/** A revoked key fails within 5 s; the rest is for a slow read. */
const cacheMs = 4_000;
const cacheSize = 1_000;
const nobody = Buffer.alloc(32);

/** Finds the principal of a key that a request presents. */
@Injectable()
export class KeyVerifier {
  private readonly cache = new Map<string, { readonly principal: Principal; readonly until: number }>();

  constructor(
    private readonly keys: ApiKeys,
    private readonly limiter: GuessLimiter,
    private readonly usage: KeyUsage,
    private readonly time: Monotonic,
  ) {}

  /**
   * @param source the caller's address: wrong keys are counted by it
   * @throws ACCESS.KEY_INVALID, ACCESS.TOO_MANY_WRONG_KEYS
   */
  async verify(text: string, source: string): Promise<Principal> {
    const key = parseKey(text);
    const principal = key && (this.cached(key) ?? (await this.look(key, source)));
    if (!principal) {
      await this.limiter.countWrong(source);
      throw KeyInvalid();
    }
    this.usage.note(principal.id);
    return principal;
  }

  private cached({ hash }: ClearKey): Principal | undefined {
    const found = this.cache.get(hash.toString('base64'));
    return found && found.until > this.time.ms() ? found.principal : undefined;
  }

  private async look(key: ClearKey, source: string): Promise<Principal | undefined> {
    await this.limiter.requireFew(source);
    const start = this.time.ms();
    const live = await this.keys.findLive(key.id);
    const matches = sameHash(key.hash, live?.hash ?? nobody);
    if (!live || !matches) return undefined;
    const principal = keyPrincipal(live);
    this.remember(key, principal, start + Math.min(cacheMs, live.expiresInMs ?? cacheMs));
    return principal;
  }

  private remember(key: ClearKey, principal: Principal, until: number): void {
    const oldest = this.cache.keys().next().value;
    if (this.cache.size >= cacheSize && oldest !== undefined) this.cache.delete(oldest);
    this.cache.set(key.hash.toString('base64'), { principal, until });
  }
}
