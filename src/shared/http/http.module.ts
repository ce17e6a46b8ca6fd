import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { ErrorsPageController } from './errors-page.controller.js';
import { IdempotencyStore } from './idempotency-store.js';
import { Idempotency } from './idempotency.js';
import { JsonBodies } from './json-bodies.js';
import { OpenApiPaths } from './openapi.js';
import { ProblemFilter } from './problem.filter.js';
import { createValidationPipe } from './validation.js';

/**
 * The conventions of HTTP: problems, validated bodies, idempotent writes. Needs, from global modules: `Database`,
 * `KeyRing`, `KeyedHash`; and the adapter that `createHttpAdapter` makes.
 */
@Global()
@Module({
  controllers: [ErrorsPageController],
  providers: [
    IdempotencyStore,
    OpenApiPaths,
    { provide: APP_FILTER, useClass: ProblemFilter },
    // In this order: the key is claimed for a body that has been parsed.
    { provide: APP_INTERCEPTOR, useClass: JsonBodies },
    { provide: APP_INTERCEPTOR, useClass: Idempotency },
    { provide: APP_PIPE, useFactory: createValidationPipe },
  ],
  exports: [IdempotencyStore, OpenApiPaths],
})
export class HttpModule {}
