import { type DynamicModule, Global, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { HealthController } from './health.controller.js';
import { type LogOptions, loggerParams } from './logging.js';
import { Readiness } from './readiness.js';

/** Logs and health. Imported once, by the root module. */
@Global()
@Module({})
export class ObservabilityModule {
  static register(log: LogOptions): DynamicModule {
    return {
      module: ObservabilityModule,
      imports: [LoggerModule.forRoot(loggerParams(log))],
      controllers: [HealthController],
      providers: [Readiness],
      exports: [Readiness],
    };
  }
}
