/** More submitted fields than this are not looked through. */
const maxEntries = 200;

function plain(name: string): string {
  return name
    .slice(0, 60)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** Submitted values by name, whatever its spelling: utm_source, utmSource and UTM-Source are one. */
export class SubmittedValues {
  private readonly values = new Map<string, string>();

  /** Of two values with one name that of the earlier source stays. */
  constructor(...sources: readonly Readonly<Record<string, string>>[]) {
    for (const source of sources) {
      for (const [name, value] of Object.entries(source).slice(0, maxEntries)) {
        const key = plain(name);
        if (typeof value === 'string' && value.trim() !== '' && !this.values.has(key))
          this.values.set(key, value);
      }
    }
  }

  /** The value under the first of these names that has one. */
  find(...names: readonly string[]): string | undefined {
    return names.map((name) => this.values.get(plain(name))).find((value) => value !== undefined);
  }

  entries(): IterableIterator<[string, string]> {
    return this.values.entries();
  }
}
