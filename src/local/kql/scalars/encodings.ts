import { createHash } from 'node:crypto';
import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { textOf } from '../json.ts';
import { long, moduloLong } from '../numbers.ts';
import type { Bound } from '../run/run.ts';
import { TICKS_BEFORE_FRAME } from '../time.ts';
import { type Dynamic, isArray, type KustoType, type Value } from '../types.ts';
import { argument, asText, refuseTypes, type Scalar, type ScalarTable, strict1, textual } from './define.ts';
import { xxHash64 } from './xxhash.ts';

/** .NET's UrlEncode, which Kusto uses: lower-case digits, and `! * ( ) - _ .` stay. */
function urlEncode(text: string, space: string): string {
  return encodeURIComponent(Buffer.from(text).toString())
    .replace(/%20/g, space)
    .replace(/['~]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
    .replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase());
}

/** What is no valid escape stays as it is. */
function urlDecode(text: string): string {
  return text.replaceAll('+', ' ').replace(/(?:%[\da-f]{2})+/gi, (codes) => {
    const bytes = Buffer.from(codes.replaceAll('%', ''), 'hex');
    return bytes.toString();
  });
}

const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

function bytesOf(text: string): Buffer | null {
  return BASE64.test(text) ? Buffer.from(text, 'base64') : null;
}

/** UTF-8 text, or `null` for bytes that are none. */
function utf8(bytes: Buffer | null): string | null {
  if (bytes === null) return null;
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : null;
}

const fromArray: Scalar = {
  bind: (_call, args) => {
    const list = argument(args, 0);
    return (row) => {
      const bytes = list(row);
      if (!isArray(bytes) || !bytes.every((byte: Dynamic) => Number.isInteger(byte) && Number(byte) >= 0 && Number(byte) < 256))
        return '';
      return Buffer.from(bytes.map(Number)).toString('base64');
    };
  },
};

/** The bytes of a guid as .NET keeps them: the first three groups least significant byte first. */
function guidBytes(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

function guidText(bytes: Buffer | null): string | null {
  if (bytes === null || bytes.length !== 16) return null;
  const copy = Buffer.from(bytes);
  copy.subarray(0, 4).reverse();
  copy.subarray(4, 6).reverse();
  copy.subarray(6, 8).reverse();
  return copy.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The digest in hexadecimal digits; of an empty text, an empty text. */
function digest(algorithm: 'md5' | 'sha1' | 'sha256'): Scalar {
  return textual((text) => (text === '' ? '' : createHash(algorithm).update(text).digest('hex')));
}

/** What `hash` reads: the text as UTF-8, numbers and ticks as eight bytes. */
function hashBytes(value: Value, type: KustoType): Buffer {
  const whole = type === 'int' || type === 'long' || type === 'bool' || type === 'datetime' || type === 'timespan';
  if (!whole && type !== 'real') return Buffer.from(textOf(value, type));
  const bytes = Buffer.alloc(8);
  if (type === 'real') bytes.writeDoubleLE(Number(value));
  else
    bytes.writeBigInt64LE(BigInt(type === 'datetime' ? BigInt(value as number) + TICKS_BEFORE_FRAME : BigInt(value as number)));
  return bytes;
}

const hash: Scalar = {
  check: refuseTypes(['dynamic', 'decimal', 'guid', 'bool', 'int']),
  bind: (_call, args) => {
    const source = args[0] as Bound;
    const modulus = args[1]?.cell;
    return (row) => {
      const value = source.cell(row);
      if (value === null) return null;
      const hashed = long(BigInt.asIntN(64, xxHash64(hashBytes(value, source.type))));
      const by = modulus?.(row);
      return by === undefined ? hashed : by === null ? null : moduloLong(hashed, by as number);
    };
  },
};

const MEGABYTES = 64 * 1024 * 1024;

function unpacked(unpack: (bytes: Buffer) => Buffer): Scalar {
  return textual((text) => {
    const bytes = bytesOf(text);
    if (bytes === null || bytes.length === 0) return '';
    try {
      return unpack(bytes).toString();
    } catch {
      return '';
    }
  });
}

const toHex: Scalar = {
  bind: (_call, args) => {
    const value = args[0] as Bound;
    const size = args[1]?.cell;
    return (row) => {
      const number = value.cell(row) as number | bigint | null;
      if (number === null) return '';
      const bits = value.type === 'int' ? 32 : 64;
      const digits = BigInt.asUintN(bits, BigInt(number)).toString(16);
      return digits.padStart(Math.min(1024, Number(size?.(row) ?? 0)), '0');
    };
  },
};

const UNITS = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** `format_bytes(size [, digits [, unit]])` */
const formatBytes: Scalar = {
  bind: (_call, args) => {
    const size = argument(args, 0);
    const digits = args[1]?.cell;
    const unit = args[2] === undefined ? () => '' : asText(args[2]);
    return (row) => {
      const value = size(row);
      if (value === null) return '';
      const bytes = Number(value);
      const wanted = UNITS.findIndex((name) => name.toLowerCase() === unit(row).toLowerCase());
      const power =
        wanted >= 0 ? wanted : Math.min(6, bytes === 0 ? 0 : Math.max(0, Math.floor(Math.log2(Math.abs(bytes)) / 10)));
      const places = Math.max(0, Math.min(15, Number(digits?.(row) ?? 0)));
      return `${Number((bytes / 1024 ** power).toFixed(places))} ${UNITS[power]}`;
    };
  },
};

export const ENCODINGS: ScalarTable = {
  url_encode: textual((text) => urlEncode(text, '+')),
  url_encode_component: textual((text) => urlEncode(text, '%20')),
  url_decode: textual(urlDecode),
  base64_encode_tostring: textual((text) => Buffer.from(text).toString('base64')),
  base64_encodestring: textual((text) => Buffer.from(text).toString('base64')),
  base64_decode_tostring: textual((text) => utf8(bytesOf(text)) ?? ''),
  base64_decodestring: textual((text) => utf8(bytesOf(text)) ?? ''),
  base64_decode_toarray: textual((text) => {
    const bytes = bytesOf(text);
    return bytes === null ? null : [...bytes];
  }),
  base64_encode_fromarray: fromArray,
  base64_decode_toguid: textual((text) => guidText(bytesOf(text))),
  base64_encode_fromguid: strict1((guid: string) => guidBytes(guid).toString('base64')),
  gzip_compress_to_base64_string: textual((text) => gzipSync(text).toString('base64')),
  gzip_decompress_from_base64_string: unpacked((bytes) => gunzipSync(bytes, { maxOutputLength: MEGABYTES })),
  zlib_compress_to_base64_string: textual((text) => deflateSync(text).toString('base64')),
  zlib_decompress_from_base64_string: unpacked((bytes) => inflateSync(bytes, { maxOutputLength: MEGABYTES })),
  hash_md5: digest('md5'),
  hash_sha1: digest('sha1'),
  hash_sha256: digest('sha256'),
  hash,
  hash_xxhash64: hash,
  tohex: toHex,
  format_bytes: formatBytes,
};
