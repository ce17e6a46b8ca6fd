import 'reflect-metadata';
import { startApplication, type Application } from './application.js';
import { ConfigError } from './shared/config/config-error.js';
import { loadConfig } from './shared/config/config.js';
import { EmbeddedError } from './shared/embedded/embedded-error.js';
import { startEmbedded, type Embedded } from './embedded.js';

/** Reads the environment, brings up what the profile embeds, and serves until it is told to end. */
export async function boot(): Promise<void> {
  const begun = performance.now();
  const starting = start();
  // From the first moment on: what is told to end while it starts must not leave the embedded servers behind.
  onSignal(async () => (await starting).stop());
  const { application, embedded } = await starting;
  embedded?.welcome(application, Math.round(performance.now() - begun));
}

interface Started {
  readonly application: Application;
  readonly embedded: Embedded | undefined;
  stop(): Promise<void>;
}

async function start(): Promise<Started> {
  const embedded =
    process.env.SIGNALBOX_PROFILE === 'embedded' ? await startEmbedded(process.env) : undefined;
  try {
    const application = await startApplication(loadConfig(embedded?.env ?? process.env));
    const stop = async (): Promise<void> => {
      await application.stop();
      await embedded?.stop();
    };
    return { application, embedded, stop };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** npm passes on what the terminal has sent to us already, so that one Ctrl-C comes twice. */
const oneKeyPressMs = 1_000;

/** The first SIGINT or SIGTERM ends the process in order; another one, later, at once. */
function onSignal(stop: () => Promise<void>): void {
  let since: number | undefined;
  const end = (): void => {
    if (since !== undefined && performance.now() - since > oneKeyPressMs) process.exit(1);
    if (since !== undefined) return;
    since = performance.now();
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

export function fail(error: unknown): never {
  const known = error instanceof ConfigError || error instanceof EmbeddedError || isPlain(error);
  console.error(known ? (error as Error).message : error);
  process.exit(1);
}

/** Errors whose message says all that a person needs. */
function isPlain(error: unknown): boolean {
  return error instanceof Error && ['CodedError', 'StartError'].includes(error.name);
}
