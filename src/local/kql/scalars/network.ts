import { textOf } from '../json.ts';
import { long } from '../numbers.ts';
import type { Bound } from '../run/run.ts';
import { type Dynamic, isArray, type Value } from '../types.ts';
import { type Address, formatV4, formatV6, isPrivateV4, masked, parseV4, parseV6, prefixesOf } from './addresses.ts';
import { argument, asText, type Scalar, type ScalarTable, textual } from './define.ts';

type Parse = (text: string) => Address | null;

/** Two addresses under the shortest of their prefixes and the one given; null when one is none, or the prefix is out of bounds. */
function compared(parse: Parse, width: 32 | 128, answer: (order: number) => Value): Scalar {
  return {
    bind: (_call, args) => {
      const [left, right] = [asText(args[0] as Bound), asText(args[1] as Bound)];
      const limit = args[2]?.cell;
      return (row) => {
        const [a, b] = [parse(left(row)), parse(right(row))];
        const most = limit === undefined ? width : limit(row);
        if (a === null || b === null || most === null || Number(most) < 0 || Number(most) > width) return null;
        const prefix = Math.min(a.prefix, b.prefix, Number(most));
        const [x, y] = [masked(a.bits, prefix, width), masked(b.bits, prefix, width)];
        return answer(x < y ? -1 : x > y ? 1 : 0);
      };
    },
  };
}

function inRange(address: Address, range: Address, width: 32 | 128): boolean {
  return masked(address.bits, range.prefix, width) === masked(range.bits, range.prefix, width);
}

/** The texts of further arguments, arrays one by one. */
function textsOf(args: readonly Bound[]): (row: number) => readonly string[] {
  return (row) =>
    args.flatMap((arg): readonly string[] => {
      const value = arg.cell(row);
      return isArray(value) ? value.map((item: Dynamic) => textOf(item, 'dynamic')) : [asText(arg)(row)];
    });
}

/** Whether the first address lies in one of the ranges; null when a range is none and no other holds it. */
function inAnyRange(parse: Parse, width: 32 | 128): Scalar {
  return {
    bind: (_call, args) => {
      const text = asText(args[0] as Bound);
      const ranges = textsOf(args.slice(1));
      return (row) => {
        const address = parse(text(row));
        if (address === null) return null;
        const parsed = ranges(row).map(parse);
        if (parsed.some((range) => range !== null && inRange(address, range, width))) return true;
        return parsed.includes(null) ? null : false;
      };
    },
  };
}

/** A number or text as an IPv4 address under a prefix; null when it is none. */
function formatted(args: readonly Bound[]): (row: number) => Address | null {
  const source = args[0] as Bound;
  const limit = args[1]?.cell;
  return (row) => {
    const value = source.cell(row);
    const most = limit === undefined ? 32 : limit(row);
    if (value === null || most === null || Number(most) < 0 || Number(most) > 32) return null;
    const isText = source.type === 'string' || source.type === 'dynamic';
    const address = isText ? parseV4(asText(source)(row)) : numbered(BigInt(value as number));
    if (address === null) return null;
    const prefix = Math.min(address.prefix, Number(most));
    return { bits: masked(address.bits, prefix, 32), prefix };
  };
}

function numbered(bits: bigint): Address | null {
  return bits < 0n || bits > 0xffff_ffffn ? null : { bits, prefix: 32 };
}

/** The valid addresses in a text that stand apart from letters and digits. */
function addressesIn(text: string): readonly string[] {
  return [...text.matchAll(/(?<![A-Za-z\d.])\d{1,3}(?:\.\d{1,3}){3}(?![A-Za-z\d])/g)]
    .map((match) => match[0])
    .filter((address) => parseV4(address) !== null);
}

function found(matches: (address: string, wanted: string) => boolean): Scalar {
  return {
    bind: (_call, args) => {
      const text = asText(args[0] as Bound);
      const wanted = textsOf(args.slice(1));
      return (row) => {
        const needles = wanted(row);
        return addressesIn(text(row)).some((address) => needles.some((needle) => matches(address, needle)));
      };
    },
  };
}

const hasAddress = found((address, wanted) => address === wanted);
/** A whole address, or its beginning up to a dot. */
const hasPrefix = found((address, wanted) =>
  /^(?:\d{1,3}\.){1,3}$/.test(wanted) ? address.startsWith(wanted) : address === wanted,
);

const parseV6Mask: Scalar = {
  bind: (_call, args) => {
    const text = asText(args[0] as Bound);
    const limit = argument(args, 1);
    return (row) => {
      const address = parseV6(text(row));
      const most = limit(row);
      if (address === null || most === null || Number(most) < 0 || Number(most) > 128) return '';
      return formatV6(masked(address.bits, Math.min(address.prefix, Number(most)), 128));
    };
  },
};

function numberV4(address: Address | null, limit: number): Value {
  return address === null ? null : long(masked(address.bits, Math.min(address.prefix, limit), 32));
}

/** `::192.168.1.1` compares like `192.168.1.1`. */
function comparableV6(text: string): Address | null {
  const address = parseV6(text);
  const compatible = address !== null && text.includes('.') && address.bits >> 32n === 0n;
  return compatible ? { ...address, bits: address.bits | 0xffff_0000_0000n } : address;
}

export const NETWORK: ScalarTable = {
  parse_ipv4: textual((text) => numberV4(parseV4(text), 32)),
  parse_ipv4_mask: {
    bind: (_call, args) => {
      const text = asText(args[0] as Bound);
      const limit = argument(args, 1);
      return (row) => {
        const most = limit(row);
        return most === null || Number(most) < 0 || Number(most) > 32 ? null : numberV4(parseV4(text(row)), Number(most));
      };
    },
  },
  parse_ipv6: textual((text) => {
    const address = parseV6(text);
    return address === null ? '' : formatV6(masked(address.bits, address.prefix, 128));
  }),
  parse_ipv6_mask: parseV6Mask,
  ipv4_compare: compared(parseV4, 32, (order) => order),
  ipv4_is_match: compared(parseV4, 32, (order) => order === 0),
  ipv6_compare: compared(comparableV6, 128, (order) => order),
  ipv6_is_match: compared(comparableV6, 128, (order) => order === 0),
  ipv4_is_in_range: inAnyRange(parseV4, 32),
  ipv4_is_in_any_range: inAnyRange(parseV4, 32),
  ipv6_is_in_range: inAnyRange(parseV6, 128),
  ipv6_is_in_any_range: inAnyRange(parseV6, 128),
  ipv4_is_private: textual((text) => {
    const address = parseV4(text);
    return address === null ? null : isPrivateV4(address);
  }),
  ipv4_netmask_suffix: textual((text) => parseV4(text)?.prefix ?? null),
  ipv4_range_to_cidr_list: textual((from, to = '') => {
    const [first, last] = [parseV4(from), parseV4(to)];
    return first === null || last === null ? null : [...prefixesOf(first.bits, last.bits)];
  }),
  format_ipv4: { bind: (_call, args) => (row) => ipv4Text(formatted(args)(row), false) },
  format_ipv4_mask: { bind: (_call, args) => (row) => ipv4Text(formatted(args)(row), true) },
  has_ipv4: hasAddress,
  has_any_ipv4: hasAddress,
  has_ipv4_prefix: hasPrefix,
  has_any_ipv4_prefix: hasPrefix,
};

function ipv4Text(address: Address | null, withPrefix: boolean): string {
  if (address === null) return '';
  return withPrefix ? `${formatV4(address.bits)}/${address.prefix}` : formatV4(address.bits);
}
