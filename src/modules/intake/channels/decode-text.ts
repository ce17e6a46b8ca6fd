/** Text in a charset that may be unknown or wrongly named: then as UTF-8 where it is that, else as Windows-1252. */
export function decodeText(bytes: Buffer, charset = 'utf-8'): string {
  for (const label of [charset, 'utf-8']) {
    try {
      return new TextDecoder(label, { fatal: true }).decode(bytes);
    } catch {
      // The next one is tried.
    }
  }
  return new TextDecoder('windows-1252').decode(bytes);
}
