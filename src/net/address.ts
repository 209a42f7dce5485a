import { BlockList, isIP } from 'node:net';

/**
 * What an IP address is to a service that sends where users tell it to:
 * - `public`: may be sent to.
 * - `private`: loopback and private networks, only where the configuration allows it.
 * - `forbidden`: never. Link-local and metadata services, multicast, reserved ranges, and IPv6 forms that hide an IPv4 address.
 */
export type Reach = 'public' | 'private' | 'forbidden';

type Range = readonly [net: string, prefix: number];

/** IANA special-purpose registries; 168.63.129.16 is Azure's wire server, 100.100.100.200 and fd00:ec2::254 are other clouds' metadata. */
const FORBIDDEN_V4: readonly Range[] = [
  ['0.0.0.0', 8],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
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
const PRIVATE_V4: readonly Range[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];
const FORBIDDEN_V6: readonly Range[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['fd00:ec2::254', 128],
];
const PRIVATE_V6: readonly Range[] = [
  ['::1', 128],
  ['fc00::', 7],
];
const GLOBAL_UNICAST_V6: readonly Range[] = [['2000::', 3]];

const forbidden = blockList(FORBIDDEN_V4, FORBIDDEN_V6);
const insider = blockList(PRIVATE_V4, PRIVATE_V6);
const globalV6 = blockList([], GLOBAL_UNICAST_V6);
const mappedV4 = blockList([], [['::ffff:0:0', 96]]);

/** The reach of an address in text form; what is no address is forbidden. A v4-mapped IPv6 address is judged as the IPv4 one. */
export function reachOf(address: string): Reach {
  const family = isIP(address);
  if (family === 0 || address.includes('%')) return 'forbidden';
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (forbidden.check(address, type)) return 'forbidden';
  if (insider.check(address, type)) return 'private';
  if (family === 4 || mappedV4.check(address, type) || globalV6.check(address, type)) return 'public';
  return 'forbidden';
}

function blockList(v4: readonly Range[], v6: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of v4) list.addSubnet(net, prefix, 'ipv4');
  for (const [net, prefix] of v6) list.addSubnet(net, prefix, 'ipv6');
  return list;
}
