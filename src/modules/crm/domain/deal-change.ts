/** The wanted properties that differ from what a deal holds. HubSpot writes numbers and times in forms of its own. */
export function differing(
  wanted: Readonly<Record<string, string>>,
  held: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const changed = Object.entries(wanted).filter(([name, value]) => !isSame(value, held[name] ?? ''));
  return Object.fromEntries(changed);
}

function isSame(wanted: string, held: string): boolean {
  if (wanted === held) return true;
  if (wanted === '' || held === '') return false;
  if (isNumber(wanted) && isNumber(held)) return Number(wanted) === Number(held);
  const [at, heldAt] = [instantOf(wanted), instantOf(held)];
  return at !== undefined && at === heldAt;
}

const isNumber = (text: string): boolean => /^-?(0|[1-9]\d{0,14})(\.\d{1,10})?$/.test(text);

/** A day or a time of ISO 8601, or milliseconds since 1970 as HubSpot takes them. */
function instantOf(text: string): number | undefined {
  if (/^\d{12,14}$/.test(text)) return Number(text);
  const at = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : at;
}
