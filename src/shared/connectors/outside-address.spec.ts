import { describe, expect, it } from 'vitest';
import { kindOfAddress } from './outside-address.js';

describe('kindOfAddress', () => {
  it.each([
    '1.1.1.1',
    '100.63.255.255',
    '172.15.255.255',
    '172.32.0.1',
    '192.0.3.1',
    '198.20.0.1',
    '223.255.255.254',
  ])('%s is public', (address) => expect(kindOfAddress(address)).toBe('public'));

  it.each(['2606:4700::1111', '2001:4860:4860::8888', '2a00:1450:4001::200e', '2620:fe::fe'])(
    '%s is public',
    (address) => expect(kindOfAddress(address)).toBe('public'),
  );

  it.each([
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '::1',
    'fc00::1',
    'fd12:3456:789a::1',
  ])('%s is private', (address) => expect(kindOfAddress(address)).toBe('private'));

  it.each([
    ['metadata of clouds', '169.254.169.254'],
    ['metadata of clouds', '100.100.100.200'],
    ['metadata of clouds', '192.0.0.192'],
    ['metadata of clouds', 'fd00:ec2::254'],
    ['link-local', '169.254.0.1'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['unspecified', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['unspecified', '::'],
    ['broadcast', '255.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['multicast', '224.0.0.1'],
    ['multicast', 'ff02::1'],
    ['documentation', '192.0.2.1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['benchmarks', '198.18.0.1'],
    ['loopback within IPv6', '::ffff:127.0.0.1'],
    ['loopback within IPv6', '::ffff:7f00:1'],
    ['a private address within IPv6', '0:0:0:0:0:ffff:10.0.0.1'],
    ['a public address within IPv6', '::ffff:1.1.1.1'],
    ['compatible IPv6', '::127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['6to4', '2002:7f00:1::1'],
    ['Teredo', '2001:0:7f00:1::1'],
    ['site-local', 'fec0::1'],
    ['no address', 'localhost'],
    ['no address', '127.1'],
    ['no address', ''],
  ])('%s: %s is never called', (_, address) => expect(kindOfAddress(address)).toBe('never'));
});
