import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { ApiKeys } from './api-keys.js';
import { FirstKey } from './first-key.js';
import { FlowPrincipals } from './flow-principals.js';
import { GuessLimiter } from './guess-limiter.js';
import { ApiKeysController } from './http/api-keys.controller.js';
import { KeyUsage } from './key-usage.js';
import { KeyVerifier } from './key-verifier.js';
import { Monotonic } from './monotonic.js';
import { Refusals } from './refusals.js';
import { RouteCheck } from './route-check.js';
import { CreateApiKey } from './use-cases/create-api-key.js';
import { RevokeApiKey } from './use-cases/revoke-api-key.js';

/**
 * Who may do what. Needs, from global modules: `Database`, `Clock`, `KeyedHash`. Its guard stands before every route
 * of the application, and its route check refuses to start while a route declares no policy.
 */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [ApiKeysController],
  providers: [
    ApiKeys,
    CreateApiKey,
    FirstKey,
    FlowPrincipals,
    GuessLimiter,
    KeyUsage,
    KeyVerifier,
    Monotonic,
    Refusals,
    RevokeApiKey,
    RouteCheck,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [FirstKey, FlowPrincipals, KeyVerifier, Refusals],
})
export class AccessModule {}
