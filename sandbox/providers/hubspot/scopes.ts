import { kinds } from './kinds.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Any one of these is needed; without it the token is. */
    scopes?: string[];
  }
}

/** Every scope that some route of the simulator asks for. */
export const knownScopes: string[] = [
  ...new Set([
    ...kinds.flatMap(({ scopes }) => Object.values(scopes).flat()),
    'crm.objects.owners.read',
    'forms',
  ]),
].sort();

/** The scopes of the token; all, until somebody takes some away. */
export class Scopes {
  private granted = new Set(knownScopes);

  list(): string[] {
    return [...this.granted].sort();
  }

  set(scopes: string[]): void {
    this.granted = new Set(scopes);
  }

  clear(): void {
    this.granted = new Set(knownScopes);
  }

  allow(anyOf: string[]): boolean {
    return anyOf.some((scope) => this.granted.has(scope));
  }
}

/** The options of a route that asks for a scope. */
export const needs = (scopes: string[]): { config: { scopes: string[] } } => ({ config: { scopes } });
