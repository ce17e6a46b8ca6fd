import { finding, type Finding } from './confidence.js';
import { readDomain, type DomainParts } from './domains.js';

/** A domain's own label as a name: `acme-widgets` → Acme Widgets, `bmw` → BMW. Nothing for encoded (xn--) labels. */
export function readableLabel(label: string): string | undefined {
  if (label.startsWith('xn--')) return undefined;
  const words = label.split(/[-_]+/).filter((word) => word !== '');
  return words.map(readableWord).join(' ') || undefined;
}

function readableWord(word: string): string {
  if (/^[bcdfghjklmnpqrstvwxz\d]{2,4}$/.test(word)) return word.toUpperCase();
  const [first = '', ...rest] = word;
  return first.toUpperCase() + rest.join('');
}

function guesses(domain: DomainParts, rule: 'website' | 'email-domain'): Finding[] {
  const sure = domain.listed ? rule : 'email-domain-unlisted-suffix';
  const name = readableLabel(domain.label);
  return [
    ...(name ? [finding('company', name, sure)] : []),
    finding('companyDomain', domain.registrable, sure),
    finding('website', `https://${domain.registrable}`, sure),
  ];
}

/** Guesses at the company by the website that was given and by the domain of a company's e-mail address. */
export function companyFindings(website: string | undefined, mail: DomainParts | undefined): Finding[] {
  const site = website ? readDomain(website) : undefined;
  return [...(site ? guesses(site, 'website') : []), ...(mail ? guesses(mail, 'email-domain') : [])];
}
