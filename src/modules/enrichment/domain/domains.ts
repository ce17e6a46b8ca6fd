import { parse } from 'tldts';

/** A host name by the public suffix list (publicsuffix.org), private suffixes such as github.io included. */
export interface DomainParts {
  /** What one can register: `acme.co.uk`. */
  readonly registrable: string;
  /** Its own part: `acme`. */
  readonly label: string;
  /** Whether its suffix is in the list; `.example` and inner names are not. */
  readonly listed: boolean;
  /** The last label when it is a country's (ISO 3166-1 alpha-2), as far as it is used for the country. */
  readonly country?: string;
}

/** Endings of countries that are sold to the whole world, and such as are no country's. */
const generic = new Set(
  'ac ai as bz cc cd co dj eu fm gg im io la li ly me ms mu nu pw sc sh so st su tk to tv vc vg ws'.split(
    ' ',
  ),
);

function countryOf(hostname: string): string | undefined {
  const ending = hostname.slice(hostname.lastIndexOf('.') + 1);
  if (!/^[a-z]{2}$/.test(ending) || generic.has(ending)) return undefined;
  return ending === 'uk' ? 'GB' : ending.toUpperCase();
}

/** Takes a host name or URL apart; nothing for IP addresses, bare suffixes and what is no host name. */
export function readDomain(hostOrUrl: string): DomainParts | undefined {
  if (hostOrUrl.length > 2000) return undefined;
  const { domain, domainWithoutSuffix, hostname, isIcann, isPrivate } = parse(hostOrUrl.trim(), {
    allowPrivateDomains: true,
  });
  if (!domain || !domainWithoutSuffix || !hostname) return undefined;
  return {
    registrable: domain,
    label: domainWithoutSuffix,
    listed: isIcann === true || isPrivate === true,
    country: countryOf(hostname),
  };
}
