/** IPv4 and IPv6 addresses, with or without a prefix length: `192.168.1.0/24`, `fe80::1/120`. */

export interface Address {
  readonly bits: bigint;
  /** How many leading bits count. */
  readonly prefix: number;
}

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,3}))?$/;

/** An IPv4 address as 32 bits, unmasked; `null` for text that is none. */
export function parseV4(text: string): Address | null {
  const found = V4.exec(text.trim());
  if (found === null) return null;
  const parts = found.slice(1, 5).map(Number);
  const prefix = found[5] === undefined ? 32 : Number(found[5]);
  if (parts.some((part) => part > 255) || prefix > 32) return null;
  return { bits: parts.reduce((bits, part) => bits * 256n + BigInt(part), 0n), prefix };
}

/** An IPv6 or IPv4 address as 128 bits; IPv4 is `::ffff:…`. */
export function parseV6(text: string): Address | null {
  const v4 = parseV4(text);
  if (v4 !== null) return { bits: 0xffff_0000_0000n | v4.bits, prefix: v4.prefix + 96 };
  const [address = '', suffix, ...more] = text.trim().split('/');
  if (more.length > 0 || (suffix !== undefined && !/^\d{1,3}$/.test(suffix))) return null;
  const dotted = /^(.*:)((?:\d{1,3}\.){3}\d{1,3})$/.exec(address);
  const tail = dotted === null ? null : parseV4(dotted[2] ?? '');
  if (dotted !== null && tail === null) return null;
  const plain =
    tail === null ? address : `${dotted?.[1]}${(tail.bits >> 16n).toString(16)}:${(tail.bits & 0xffffn).toString(16)}`;
  const groups = groupsOf(plain);
  // A dotted tail keeps IPv4's way of counting: its prefix length counts from the 96th bit.
  const prefix = suffix === undefined ? 128 : Number(suffix) + (tail === null ? 0 : 96);
  if (groups === null || prefix > 128) return null;
  return { bits: groups.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n), prefix };
}

function groupsOf(text: string): readonly number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [left, right] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const known = [...(left ?? []), ...(right ?? [])];
  if (known.some((group) => !/^[\da-f]{1,4}$/i.test(group))) return null;
  if (right === undefined ? known.length !== 8 : known.length > 7) return null;
  const zeros = new Array<string>(8 - known.length).fill('0');
  return [...(left ?? []), ...zeros, ...(right ?? [])].map((group) => Number.parseInt(group, 16));
}

/** The bits that remain under a prefix of `prefix` out of `width` bits. */
export function masked(bits: bigint, prefix: number, width: 32 | 128): bigint {
  const rest = BigInt(width - prefix);
  return (bits >> rest) << rest;
}

export function formatV4(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.');
}

/** Eight groups of four digits. */
export function formatV6(bits: bigint): string {
  return bits.toString(16).padStart(32, '0').match(/.{4}/g)?.join(':') ?? '';
}

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].flatMap((range) => parseV4(range) ?? []);

export function isPrivateV4({ bits, prefix }: Address): boolean {
  return PRIVATE.some((range) => prefix >= range.prefix && masked(bits, range.prefix, 32) === range.bits);
}

/** The fewest prefixes that cover exactly the addresses from `first` to `last`. */
export function prefixesOf(first: bigint, last: bigint): readonly string[] {
  const found: string[] = [];
  let at = first;
  while (at <= last) {
    let size = 0n;
    while (size < 32n && (at & ((1n << (size + 1n)) - 1n)) === 0n && at + (1n << (size + 1n)) - 1n <= last) size += 1n;
    found.push(`${formatV4(at)}/${32n - size}`);
    at += 1n << size;
  }
  return found;
}
