import { BlockList, isIP } from 'node:net';

/**
 * What an address is to a process that calls addresses which others have chosen. `public`: anybody can reach it anyway.
 * `private`: of this machine or its network. `never`: nobody has a service there that is meant to be called (cloud
 * metadata, link-local, multicast, documentation, reserved, tunnels that hide another address).
 */
export type AddressKind = 'public' | 'private' | 'never';

type Range = readonly [network: string, prefix: number];

/** IPv4 that is not public, by IANA's special-purpose registry (RFC 6890), and metadata services of clouds. */
const never4: readonly Range[] = [
  ['0.0.0.0', 8],
  ['100.100.100.200', 32],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
const private4: readonly Range[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];

/** Of IPv6 only `2000::/3` is given out (RFC 4291, 2.4); these parts of it are special. */
const given6: readonly Range[] = [['2000::', 3]];
const never6: readonly Range[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['fd00:ec2::254', 128],
];
const private6: readonly Range[] = [
  ['::1', 128],
  ['fc00::', 7],
];

const lists = {
  never4: listOf(never4, 'ipv4'),
  private4: listOf(private4, 'ipv4'),
  given6: listOf(given6, 'ipv6'),
  never6: listOf(never6, 'ipv6'),
  private6: listOf(private6, 'ipv6'),
};

function listOf(ranges: readonly Range[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, family);
  return list;
}

/**
 * @param address in the form of a resolver: `192.0.2.1`, `2001:db8::1`, no brackets. IPv4 within IPv6 (`::ffff:…`, NAT64,
 * 6to4, Teredo) is `never`, and so is anything that is no address.
 */
export function kindOfAddress(address: string): AddressKind {
  const family = isIP(address);
  if (family === 0 || address.includes('%')) return 'never';
  if (family === 4) {
    if (lists.never4.check(address, 'ipv4')) return 'never';
    return lists.private4.check(address, 'ipv4') ? 'private' : 'public';
  }
  if (lists.never6.check(address, 'ipv6')) return 'never';
  if (lists.private6.check(address, 'ipv6')) return 'private';
  return lists.given6.check(address, 'ipv6') ? 'public' : 'never';
}
