import { isUtf8 } from 'node:buffer';
import { constants, gunzipSync } from 'node:zlib';
import { countRepair, type RepairCounts } from './repairs.ts';

/** Unpacked bodies beyond this are refused: Event Hubs takes at most 20 MB, so more is a bomb. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

/** The text of a body, or why it has none. */
export type BodyText = { readonly text: string } | { readonly reason: string };

/** Undoes gzip, byte order marks and UTF-16. A cut gzip stream gives the text up to the cut. Never throws. */
export function textOf(body: Uint8Array, repairs: RepairCounts): BodyText {
  let bytes = viewOf(body);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      const packed = bytes;
      bytes = gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_UNPACKED_BYTES });
      // Nothing came before the cut, if there is one: a stream that is whole may be empty.
      if (bytes.length === 0) gunzipSync(packed);
    } catch (thrown) {
      return { reason: `gzip stream is broken: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
    }
    countRepair(repairs, 'gzip');
  }
  const wide = utf16Order(bytes);
  if (wide !== null) {
    countRepair(repairs, 'utf-16');
    return { text: fromUtf16(bytes, wide) };
  }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    countRepair(repairs, 'byte order mark');
    bytes = bytes.subarray(3);
  }
  if (isUtf8(bytes)) return { text: bytes.toString('utf8') };
  const first = bytes.find((byte) => !BLANKS.has(byte));
  if (first === undefined || !MAY_OPEN_JSON.has(first)) return { reason: 'neither UTF-8 text nor a compression that is known' };
  countRepair(repairs, 'invalid utf-8');
  return { text: bytes.toString('utf8') };
}

/** The same memory as a Buffer. */
export function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const BLANKS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20]);
const MAY_OPEN_JSON: ReadonlySet<number> = new Set([0x22, 0x5b, 0x7b]);

/** By the byte order mark, or by the zero beside a first character that JSON may begin with. */
function utf16Order(bytes: Buffer): 'little' | 'big' | null {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return null;
  if ((first === 0xff && second === 0xfe) || (second === 0 && MAY_OPEN_JSON.has(first))) return 'little';
  if ((first === 0xfe && second === 0xff) || (first === 0 && MAY_OPEN_JSON.has(second))) return 'big';
  return null;
}

function fromUtf16(bytes: Buffer, order: 'little' | 'big'): string {
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const text = order === 'little' ? whole.toString('utf16le') : Buffer.from(whole).swap16().toString('utf16le');
  const half = whole.length < bytes.length ? '\ufffd' : '';
  return (text.startsWith('\ufeff') ? text.slice(1) : text) + half;
}
