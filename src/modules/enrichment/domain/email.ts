import { finding, type Finding } from './confidence.js';
import { readDomain, type DomainParts } from './domains.js';
import type { LeadPolicy } from './lead-policy.js';
import { repairCasing } from './name-casing.js';
import { cleanText, isBlank } from './text.js';
import type { LeadTools } from './tools.js';
import { isOneEditAway } from './typo.js';

/** RFC 5321 §4.5.3.1: 64 octets before the @, 255 after it, and 254 in all with its brackets. */
const maxAddress = 254;

export type EmailType = 'company' | 'free-mail' | 'disposable';

/** An e-mail field as it was understood. */
export interface EmailReading {
  readonly valid: boolean;
  readonly findings: readonly Finding[];
  /** Of a valid address: absent for a misspelt, disposable or free one when asked for the company. */
  readonly companyDomain?: DomainParts;
  readonly domain?: DomainParts;
}

/** The address with its domain in lower case (RFC 1035 §2.3.3); the local part is its owner's (RFC 5321 §2.4). */
export function normalizeEmail(value: string, tools: LeadTools): string | undefined {
  const text = value.length > maxAddress * 2 ? '' : value.trim();
  // Half a surrogate pair makes the validator throw.
  if (text.length > maxAddress || /\p{Cs}/u.test(text) || !tools.isEmail(text)) return undefined;
  const at = text.lastIndexOf('@');
  return text.slice(0, at) + text.slice(at).toLowerCase();
}

function intended(domain: string, policy: LeadPolicy): string | undefined {
  if (policy.freeMailDomains.includes(domain)) return undefined;
  return policy.typoDomains.find((known) => isOneEditAway(domain, known));
}

/** What was meant by what is no address: inner spaces, a comma for a dot. */
function repaired(value: string, tools: LeadTools): Finding[] {
  const guess = cleanText(value, maxAddress).replace(/\s+/g, '').replace(/,/g, '.').replace(/\.+$/, '');
  const address = normalizeEmail(guess, tools);
  return address ? [finding('suggested.email', address, 'email-typo')] : [];
}

function typeFinding(hosts: readonly string[], policy: LeadPolicy): Finding {
  if (hosts.some((host) => policy.disposableDomains.includes(host))) {
    return finding('emailType', 'disposable', 'disposable-list');
  }
  const free = hosts.some((host) => policy.freeMailDomains.includes(host));
  return free
    ? finding('emailType', 'free-mail', 'free-mail-list')
    : finding('emailType', 'company', 'no-list');
}

/** `jane.doe@…` → Jane, Doe. */
function nameFindings(mailbox: string): Finding[] {
  const [first, last, ...more] = mailbox.split(/[._]/);
  const isName = (part: string | undefined): part is string => /^\p{L}{2,20}$/u.test(part ?? '');
  if (!isName(first) || !isName(last) || more.length > 0) return [];
  return [
    finding('firstName', repairCasing(first), 'email-local-part'),
    finding('lastName', repairCasing(last), 'email-local-part'),
  ];
}

function readAddress(address: string, policy: LeadPolicy): EmailReading {
  const at = address.lastIndexOf('@');
  const [local, host] = [address.slice(0, at), address.slice(at + 1)];
  const domain = readDomain(host);
  const meant = intended(host, policy);
  const mailbox = (local.split('+')[0] ?? '').toLowerCase();
  const isRole = policy.roleLocalParts.includes(mailbox);
  const findings = [finding('normalized.email', address, 'email-format')];
  findings.push(...(isRole ? [finding('emailRole', mailbox, 'role-list')] : nameFindings(mailbox)));
  if (meant) {
    findings.push(finding('suggested.email', `${local}@${meant}`, 'email-typo'));
    return { valid: true, findings, domain };
  }
  const type = typeFinding([host, domain?.registrable ?? host], policy);
  findings.push(type);
  return { valid: true, findings, domain, companyDomain: type.value === 'company' ? domain : undefined };
}

/** What an e-mail field tells. Nothing given reads as valid without findings. */
export function readEmail(value: string | undefined, policy: LeadPolicy, tools: LeadTools): EmailReading {
  if (value === undefined || isBlank(value)) return { valid: true, findings: [] };
  const address = normalizeEmail(value, tools);
  return address ? readAddress(address, policy) : { valid: false, findings: repaired(value, tools) };
}

/** An address that someone wrote in a field for their name. */
export function emailInName(values: readonly (string | undefined)[], tools: LeadTools): Finding[] {
  const found = values.map((value) => value && normalizeEmail(value, tools)).find(Boolean);
  return found ? [finding('email', found, 'email-in-name')] : [];
}
