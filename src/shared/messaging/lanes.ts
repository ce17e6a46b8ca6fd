import { definitionOfType } from '../kernel/message.js';

/** Work that calls nothing outside shares one lane; each connector has its own, so that a slow one slows only itself. */
export const localLane = 'local';

/** The lane of a command: its effect's connector. */
export function laneOf(commandType: string): string {
  return definitionOfType(commandType)?.options.effect?.connector ?? localLane;
}

/**
 * What a process must know to run a delivery: the flow at its version, and the handler of the type. Deliveries are
 * claimed by capability; one that no process has is parked, never failed.
 */
export function capabilityOf(flow: string, version: number, type: string): string {
  return `${flow}@${version}:${type}`;
}

/** How many deliveries of a lane one process works on at a time. */
export const slotsPerLane = 100;

/** The most rows of one key that are leased together. */
export const rowsPerKey = 25;
