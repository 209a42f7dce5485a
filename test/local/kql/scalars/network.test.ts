import { describe, expect, it } from 'vitest';
import { print } from '../run-kql.ts';

describe('IPv4 addresses', () => {
  it('are numbers under their prefix, and null when they are none', () => {
    expect(
      print("parse_ipv4('192.168.1.1'), parse_ipv4('192.168.1.1/24'), parse_ipv4('256.1.1.1'), parse_ipv4_mask('127.0.0.1', 24)"),
    ).toEqual([3232235777, 3232235776, null, 2130706432]);
    expect(
      print(
        "format_ipv4('192.168.1.1', 24), format_ipv4_mask(3232235777, 24), format_ipv4('x'), ipv4_netmask_suffix('10.1.2.3/8')",
      ),
    ).toEqual(['192.168.1.0', '192.168.1.0/24', '', 8]);
  });

  it('compare and match under the shortest prefix', () => {
    expect(
      print(
        "ipv4_compare('192.168.1.1', '192.168.1.255'), ipv4_compare('192.168.1.1/24', '192.168.1.255'), ipv4_compare('1.2.3.4', 'x')",
      ),
    ).toEqual([-1, 0, null]);
    expect(print("ipv4_is_match('192.168.1.1', '192.168.1.255', 24), ipv4_is_match('192.168.1.1', '192.168.1.255')")).toEqual([
      true,
      false,
    ]);
  });

  it('lie in ranges, private ones among them', () => {
    expect(
      print(
        "ipv4_is_in_range('192.168.1.6', '192.168.1.1/24'), ipv4_is_in_any_range('10.1.1.1', dynamic(['192.168.0.0/16', '127.0.0.0/8'])), ipv4_is_private('172.31.0.1'), ipv4_is_private('172.32.0.1'), ipv4_range_to_cidr_list('1.1.128.0', '1.1.140.255')",
      ),
    ).toEqual([true, false, true, false, ['1.1.128.0/21', '1.1.136.0/22', '1.1.140.0/24']]);
  });

  it('are found in a text where no letter or digit touches them', () => {
    expect(
      print(
        "has_ipv4('05:04:54 127.0.0.1 GET', '127.0.0.1'), has_ipv4('05:04:54127.0.0.1 GET', '127.0.0.1'), has_ipv4_prefix('127.0.0.1 x', '127.0.'), has_any_ipv4_prefix('127.0.0.1 x', '127.0'), has_any_ipv4('x 127.0.0.256', '127.0.0.256')",
      ),
    ).toEqual([true, false, true, false, false]);
  });
});

describe('IPv6 addresses', () => {
  it('are written in full, IPv4 as its mapped form', () => {
    expect(
      print(
        "parse_ipv6('127.0.0.1'), parse_ipv6('::1'), parse_ipv6_mask('fe80::85d:e82c:9446:7994/120', 124), parse_ipv6(':::')",
      ),
    ).toEqual([
      '0000:0000:0000:0000:0000:ffff:7f00:0001',
      '0000:0000:0000:0000:0000:0000:0000:0001',
      'fe80:0000:0000:0000:085d:e82c:9446:7900',
      '',
    ]);
  });

  it('compare with IPv4 addresses', () => {
    expect(
      print(
        "ipv6_compare('192.168.1.1', '::ffff:c0a8:0101'), ipv6_is_match('fe80::85d:e82c:9446:7994/120', 'fe80::85d:e82c:9446:7998'), ipv6_is_in_range('a5e:f127::1', 'a5e:f127::/64')",
      ),
    ).toEqual([0, true, true]);
  });
});
