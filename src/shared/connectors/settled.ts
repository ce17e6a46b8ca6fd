/** What became of one item of a call that carried several. */
export type Settled<T> = { readonly value: T } | { readonly error: unknown };

export function valueOf<T>(settled: Settled<T>): T {
  if ('error' in settled) throw settled.error;
  return settled.value;
}
