/*
 * decimal: kept as canonical text (`-12.5`, no trailing zeros), calculated in integers, so that nothing is rounded. Up to 34 significant
 * digits, as IEEE 754's decimal128; what needs more is null.
 */

const DIGITS = 34;
const PLACES = 60;

interface Scaled {
  readonly units: bigint;
  /** The value is units / 10^scale. */
  readonly scale: number;
}

/** The canonical form, or `null` when the text is no decimal that fits. */
export function parseDecimal(text: string): string | null {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i.exec(text.trim());
  if (found === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = found;
  if (whole === '' && fraction === '') return null;
  const digits = BigInt(`${whole}${fraction}` || '0');
  const scale = fraction.length - Number(exponent);
  const units = sign === '-' ? -digits : digits;
  return format(scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale });
}

function read(text: string): Scaled {
  const at = text.indexOf('.');
  return at < 0
    ? { units: BigInt(text), scale: 0 }
    : { units: BigInt(text.slice(0, at) + text.slice(at + 1)), scale: text.length - at - 1 };
}

function format({ units, scale }: Scaled): string | null {
  let [rest, places] = [units < 0n ? -units : units, scale];
  while (places > 0 && rest % 10n === 0n) {
    rest /= 10n;
    places -= 1;
  }
  const digits = rest.toString();
  if (digits.length > DIGITS || places > PLACES) return null;
  const padded = digits.padStart(places + 1, '0');
  const text = places === 0 ? padded : `${padded.slice(0, -places)}.${padded.slice(-places)}`;
  return units < 0n ? `-${text}` : text;
}

function aligned(a: string, b: string): readonly [bigint, bigint, number] {
  const [x, y] = [read(a), read(b)];
  const scale = Math.max(x.scale, y.scale);
  return [x.units * 10n ** BigInt(scale - x.scale), y.units * 10n ** BigInt(scale - y.scale), scale];
}

export function compareDecimals(a: string, b: string): number {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** A number that orders and equals as the decimal does. */
export function comparableDecimal(text: string): bigint {
  const { units, scale } = read(text);
  return units * 10n ** BigInt(PLACES - scale);
}

export function addDecimals(a: string, b: string): string | null {
  const [x, y, scale] = aligned(a, b);
  return format({ units: x + y, scale });
}

export function subtractDecimals(a: string, b: string): string | null {
  const [x, y, scale] = aligned(a, b);
  return format({ units: x - y, scale });
}

export function multiplyDecimals(a: string, b: string): string | null {
  const [x, y] = [read(a), read(b)];
  return format({ units: x.units * y.units, scale: x.scale + y.scale });
}
