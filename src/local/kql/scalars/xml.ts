import type { Bag, Dynamic } from '../types.ts';
import { bagOf } from './bags.ts';

/*
 * XML as parse_xml() gives it: an element is its text; with attributes or children a bag in which `@name` is an attribute, `#text` the
 * text and a child given several times a list. Comments, declarations and instructions are skipped.
 */

const LONGEST = 1_048_576;
const DEEPEST = 256;
const NAME = String.raw`[A-Za-z_:][\w:.\-]*`;
const SKIPPED = /(?:\s+|<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\])?\s*>)/y;
const OPENING = new RegExp(`<(${NAME})((?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`, 'y');
const ATTRIBUTE = new RegExp(`(${NAME})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'g');
const TEXT = /[^<]+/y;
const CDATA = /<!\[CDATA\[([\s\S]*?)\]\]>/y;
const CLOSING = new RegExp(`</(${NAME})\\s*>`, 'y');

interface Cursor {
  readonly text: string;
  at: number;
}

/** The document as a bag of its root element; null for text that is none. */
export function parseXml(text: string): Dynamic {
  if (text.length > LONGEST) return null;
  const cursor: Cursor = { text, at: 0 };
  skip(cursor);
  const root = element(cursor, 0);
  if (root === undefined) return null;
  skip(cursor);
  return cursor.at === text.length ? bagOf([root]) : null;
}

function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (found !== null) cursor.at = pattern.lastIndex;
  return found;
}

function skip(cursor: Cursor): void {
  while (take(cursor, SKIPPED) !== null);
}

function element(cursor: Cursor, depth: number): readonly [string, Dynamic] | undefined {
  const opening = take(cursor, OPENING);
  if (opening === null || depth > DEEPEST) return undefined;
  const [, name = '', attributes = '', empty] = opening;
  const members = [...attributes.matchAll(ATTRIBUTE)].map(([, key, double, single]): [string, Dynamic] => [
    `@${key}`,
    unescaped(double ?? single ?? ''),
  ]);
  if (empty === '/') return [name, members.length === 0 ? null : bagOf(members)];
  const children = new Map<string, Dynamic[]>();
  let text = '';
  for (;;) {
    const closing = take(cursor, CLOSING);
    if (closing !== null) return closing[1] === name ? [name, contentOf(members, children, text.trim())] : undefined;
    const plain = take(cursor, TEXT)?.[0];
    const data = plain === undefined ? take(cursor, CDATA)?.[1] : undefined;
    if (plain !== undefined || data !== undefined) {
      text += plain === undefined ? data : unescaped(plain);
      continue;
    }
    const before = cursor.at;
    skip(cursor);
    if (cursor.at > before) continue;
    const child = element(cursor, depth + 1);
    if (child === undefined) return undefined;
    const known = children.get(child[0]);
    if (known === undefined) children.set(child[0], [child[1]]);
    else known.push(child[1]);
  }
}

function contentOf(attributes: readonly [string, Dynamic][], children: ReadonlyMap<string, Dynamic[]>, text: string): Dynamic {
  if (attributes.length === 0 && children.size === 0) return text === '' ? null : text;
  const members: [string, Dynamic][] = [...attributes];
  if (text !== '') members.push(['#text', text]);
  for (const [name, values] of children) members.push([name, values.length === 1 ? (values[0] ?? null) : values]);
  return bagOf(members) satisfies Bag;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
