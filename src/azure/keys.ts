import { createHash } from 'node:crypto';

/** Parts of a key are joined by a comma; no part holds one. */
const SEPARATOR = ',';
const LONGEST_PART = 180;

/**
 * A text as a part of a table key or blob name: letters, digits, `_` and `-` stay, any other character becomes `!`, its UTF-8 in hex
 * and `-`. A long one is cut and made distinct by its hash. Different texts give different parts, and none is empty.
 */
export function keyPart(text: string): string {
  if (text === '') return '!';
  const safe = text.replace(/[^A-Za-z0-9_-]/gu, (character) => `!${Buffer.from(character, 'utf8').toString('hex')}-`);
  if (safe.length <= LONGEST_PART) return safe;
  return `${safe.slice(0, LONGEST_PART - 66)}!-${createHash('sha256').update(text).digest('hex')}`;
}

export function keyOf(...parts: readonly string[]): string {
  return parts.map(keyPart).join(SEPARATOR);
}

/** A time as text that sorts as the time does. */
export function timeKey(ms: number): string {
  return String(Math.max(0, Math.floor(ms))).padStart(15, '0');
}

/** OData for the keys of one partition that begin with these parts and have more. */
export function beginsWith(...parts: readonly string[]): string {
  const prefix = keyOf(...parts);
  // '-' follows ',' in the order of characters.
  return `RowKey ge '${prefix},' and RowKey lt '${prefix}-'`;
}

/** A text literal of OData. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
