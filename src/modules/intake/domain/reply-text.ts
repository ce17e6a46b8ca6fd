const verbs = 'wrote|schrieb|a écrit|escribió|ha scritto|schreef|skrev|escreveu';
const attribution = new RegExp(`^\\S.{0,400}(?:${verbs})\\b.{0,200}:$`, 'iu');
const opening = /^(?:on|am|le|el|il|op|den|em)\s/iu;
const addressed = new RegExp(
  `\\d.{0,300}<[^<>\\s@]{1,100}@[^<>\\s]{1,250}>.{0,20}(?:${verbs})\\b.{0,20}:$`,
  'iu',
);
const original = /^-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine)\s*-{2,}$/iu;
const outlookFrom = /^\*?(?:from|von|de):\*? \S/iu;
const outlookSent = /^\*?(?:sent|date|gesendet|datum|envoyé)\s?:\*? \S/iu;
const longest = 400_000;
const longestAttribution = 600;

/**
 * What a person wrote, without the history below it. Careful: quotes in the midst of an answer stay, a mail that is
 * nothing but history (a forward) stays whole, and only forms that mail programs write are taken for the beginning of
 * it. Expects lines ended by line feeds.
 */
export function replyOf(text: string): string {
  const lines = text.slice(0, longest).split('\n');
  const lastQuote = lines.findLastIndex((line) => line.startsWith('>'));
  const marker = lines.findIndex(
    (line, at) =>
      original.test(line.trim()) || isOutlookBlock(lines, at) || (at > lastQuote && isAddressed(lines, at)),
  );
  const upToMarker = marker < 0 ? lines : trimEnd(lines.slice(0, marker));
  const reply = withoutQuotedEnd(upToMarker);
  return (isBlank(reply) ? lines : reply).join('\n').trim();
}

/** `From:`, and close below it `Sent:` or `Date:`. */
function isOutlookBlock(lines: readonly string[], at: number): boolean {
  if (!outlookFrom.test(lines[at] ?? '')) return false;
  return lines.slice(at + 1, at + 4).some((line) => outlookSent.test(line));
}

/** `On 20 Nov 2026 at 12:10, Support <support@example.com> wrote:` of programs that do not mark what they quote. */
function isAddressed(lines: readonly string[], at: number): boolean {
  const [first = '', second = ''] = lines.slice(at, at + 2).map((line) => line.trim());
  if (first === '' || first.length + second.length > longestAttribution) return false;
  return addressed.test(first) || addressed.test(`${first} ${second}`);
}

function withoutQuotedEnd(lines: readonly string[]): readonly string[] {
  const above = trimEnd(lines);
  let end = above.length;
  while (end > 0 && isQuotedOrBlank(above[end - 1] ?? '')) end -= 1;
  if (end === above.length) return above;
  return withoutAttribution(above.slice(0, end));
}

/** Without the line above a quote that says whose it is; mail programs break it into up to three. */
function withoutAttribution(lines: readonly string[]): readonly string[] {
  for (let count = 1; count <= 3 && count <= lines.length; count += 1) {
    const above = lines.slice(-count).map((line) => line.trim());
    if (above[0] === '') break;
    const joined = above.join(' ');
    if (opening.test(joined) && attribution.test(joined)) return lines.slice(0, -count);
  }
  return attribution.test(lines.at(-1)?.trim() ?? '') ? lines.slice(0, -1) : lines;
}

/** Without what separates the history from the text above it: blank lines and lines of underscores. */
function trimEnd(lines: readonly string[]): readonly string[] {
  let end = lines.length;
  while (end > 0 && /^[\s_]*$/.test(lines[end - 1] ?? '')) end -= 1;
  return lines.slice(0, end);
}

function isQuotedOrBlank(line: string): boolean {
  return line.startsWith('>') || line.trim() === '';
}

function isBlank(lines: readonly string[]): boolean {
  return lines.every((line) => line.trim() === '');
}
