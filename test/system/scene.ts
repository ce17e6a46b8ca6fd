import type { AdminClient } from './admin-client.ts';
import type { FactReader, Facts } from './facts.ts';
import type { SceneProof } from './proof.ts';
import type { SandboxClient } from './sandbox-process.ts';

/** What a scene is played with. */
export interface Stage {
  /** The application's address. */
  readonly url: string;
  readonly admin: AdminClient;
  readonly sandbox: SandboxClient;
  readonly facts: FactReader;
  /** What providers sign with, by the environment's names. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** A flow that the demo drives: what people and providers do, and what must have become of it. */
export interface Scene {
  readonly title: string;
  /** @returns what was done, in lines */
  play(): Promise<string[]>;
  /** Does once more by hand what the flow has done, so that the proof has something to find. */
  plant(): Promise<void>;
  prove(facts: Facts): Promise<SceneProof>;
}
