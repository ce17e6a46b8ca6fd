import type { LeadField } from '../contracts.js';
import { confidences, type Finding } from './confidence.js';
import { cleanText, isBlank } from './text.js';

/** A reading of a given field stands beside it under a name of its own, and only there. */
const reading = /^(normalized|suggested)\./;

/**
 * What is known of one lead. A field that the person filled is theirs: findings fill empty fields alone, and of two
 * findings for one field the surer stays, the earlier of two equals.
 */
export class LeadSheet {
  private readonly known = new Map<string, LeadField>();

  constructor(given: Readonly<Record<string, string>>) {
    for (const [name, value] of Object.entries(given)) {
      if (typeof value === 'string' && !isBlank(value)) {
        this.known.set(name, { value, source: 'given', confidence: 1 });
      }
    }
  }

  /** What the person wrote in a field, to the letter. */
  given(name: string): string | undefined {
    const field = this.known.get(name);
    return field?.source === 'given' ? field.value : undefined;
  }

  /** The best value of a field, given or derived. */
  value(name: string): string | undefined {
    return this.known.get(name)?.value;
  }

  add(findings: readonly Finding[]): void {
    for (const { field, value, rule } of findings) {
      const text = cleanText(value);
      const confidence = confidences[rule];
      const present = this.known.get(field);
      if (reading.test(field) && this.given(field.replace(reading, '')) === undefined) continue;
      const better = !present || (present.source !== 'given' && present.confidence < confidence);
      if (text !== '' && better) this.known.set(field, { value: text, source: rule, confidence });
    }
  }

  /** Lowers how sure a given value is; the value stays. */
  doubt(name: string, confidence: number): void {
    const field = this.known.get(name);
    if (field?.source === 'given') this.known.set(name, { ...field, confidence });
  }

  fields(): Record<string, LeadField> {
    return Object.fromEntries(this.known);
  }
}
