import { type Environment, readEnvironment } from './read-environment.js';

/** What the command line reads of the environment. */
export interface CommandLineSettings {
  readonly url: string;
  /** Empty when there is none. */
  readonly apiKey: string;
}

/** Malformed values count as not set: the options beside them say what is meant. */
export function commandLineSettings(env: Environment = process.env): CommandLineSettings {
  const { values } = readEnvironment(env);
  return {
    url: values.SIGNALBOX_URL ?? 'http://127.0.0.1:3000',
    apiKey: values.SIGNALBOX_API_KEY?.reveal() ?? '',
  };
}
