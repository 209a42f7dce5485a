import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reachOf } from '../../src/net/address.ts';

describe('the reach of an address', () => {
  it.each([
    '1.1.1.1',
    '20.50.2.1',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '192.169.0.1',
    '223.255.255.255',
    '::ffff:1.1.1.1',
    '2606:4700:4700::1111',
    '2a01:111::1',
  ])('%s is public', (address) => {
    expect(reachOf(address)).toBe('public');
  });

  it.each([
    '127.0.0.1',
    '127.255.255.255',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fd12:3456::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:a00:1',
  ])('%s is private', (address) => {
    expect(reachOf(address)).toBe('private');
  });

  it.each([
    ['169.254.169.254', 'instance metadata'],
    ['::ffff:169.254.169.254', 'instance metadata, v4-mapped'],
    ['168.63.129.16', "Azure's wire server"],
    ['100.100.100.200', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['169.254.0.1', 'link-local'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local with a zone'],
    ['224.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['240.0.0.1', 'reserved'],
    ['0.0.0.0', 'this host, where it reaches loopback'],
    ['::', 'this host'],
    ['::ffff:0.0.0.0', 'this host, v4-mapped'],
    ['::7f00:1', 'loopback, v4-compatible'],
    ['64:ff9b::7f00:1', 'loopback, NAT64'],
    ['2002:7f00:1::', 'loopback, 6to4'],
    ['2001:0:7f00:1::', 'Teredo'],
    ['2001:db8::1', 'documentation'],
    ['198.18.0.1', 'benchmarks'],
    ['localhost', 'no address'],
    ['', 'no address'],
  ])('%s is forbidden: %s', (address) => {
    expect(reachOf(address)).toBe('forbidden');
  });

  it('is that of the IPv4 address inside a v4-mapped one', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(reachOf(`::ffff:${address}`)).toBe(reachOf(address));
      }),
    );
  });
});
