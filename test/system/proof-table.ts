import type { FindingKind, Proof } from './proof.ts';

const rows: readonly [FindingKind, string][] = [
  ['lost', 'accepted, and no outcome at the provider'],
  ['duplicated', 'more than one event, run or business effect for one case'],
  ['phantom', 'an outcome that nobody asked for'],
  ['stuck', 'not ended, or waiting for a person'],
];

const shown = 20;

/** The proof as people read it: what was reconciled, the four counts, and what is wrong by name. */
export function proofTable(proof: Proof): string {
  const { accepted, people, runsDone, effectsConfirmed, contacts, lines: others, counts, findings } = proof;
  const lines = [
    `  ${accepted} accepted submissions of ${people} people · ${runsDone} runs done · ` +
      `${effectsConfirmed} effects confirmed · ${contacts} contacts at the provider`,
    ...others.map((line) => `  ${line}`),
    '',
    ...rows.map(([kind, meaning]) => `  ${kind.padEnd(11)}${String(counts[kind]).padStart(5)}   ${meaning}`),
  ];
  if (proof.isClean)
    lines.push('', '  Everything that was accepted has exactly one outcome, and nothing else has any.');
  else
    lines.push(
      '',
      ...findings.slice(0, shown).map(({ kind, subject, what }) => `  ${kind}: ${subject}: ${what}`),
    );
  if (findings.length > shown) lines.push(`  … and ${findings.length - shown} more`);
  return lines.join('\n');
}
