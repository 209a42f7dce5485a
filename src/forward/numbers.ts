import { Interner } from './interner.ts';

/*
 * Numbers of names and texts that repeat in records, the same for the life of the process: what belongs to one is found by one array access.
 */

/* Names are the senders'. Those met after the first few thousand are for the plain way. */
export const KEYS_LIMIT = 4_096;
export const keys = new Interner(KEYS_LIMIT);

/** What the numbers of keys stand for. */
export function keyText(key: number): string {
  return keys.texts[key] as string;
}

/** Number 0 is the empty text. */
export const texts = new Interner(4_096);
texts.numberOf(new DataView(new ArrayBuffer(4)), 0, 0);

/** The texts that the mapping looks at, by their numbers. */
export function textOfNumber(number: number): string {
  return texts.texts[number] as string;
}

/** The number of a text that stands in a property. Negative where there are too many texts. */
export function numberOfText(bytes: Buffer, from: number, to: number): number {
  return texts.numberOf(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), from, to);
}
