/*
 * How the items of a request stand in its body. No item holds a line feed, so that a body can be taken apart again when a sink wants
 * less, also one that was parked long ago.
 */

export interface Framing {
  readonly open: string;
  readonly separator: string;
  readonly close: string;
  /** Lines that an item takes. */
  readonly lines: number;
}

/** OTLP messages are taken apart by `otlp/split.ts`. */
export type Format = 'otlp' | LineFormat;
export type LineFormat = keyof typeof FRAMINGS;

export const FRAMINGS = {
  /** Newline-delimited JSON; also what HEC takes. */
  lines: { open: '', separator: '\n', close: '\n', lines: 1 },
  /** `_bulk`: an action and its document. */
  pairs: { open: '', separator: '\n', close: '\n', lines: 2 },
  array: { open: '[\n', separator: ',\n', close: '\n]', lines: 1 },
  series: { open: '{"series":[\n', separator: ',\n', close: '\n]}', lines: 1 },
} as const satisfies Record<string, Framing>;

const LINE_FEED = 10;

/** Where the items of a body are, without what separates them. */
export function itemsOf(body: Buffer, format: LineFormat): readonly (readonly [from: number, to: number])[] {
  const { open, separator, close, lines }: Framing = FRAMINGS[format];
  const items: (readonly [number, number])[] = [];
  const end = body.length - close.length;
  const comma = separator.length - 1;
  for (let from = open.length; from < end; ) {
    let at = from;
    let feed = -1;
    for (let line = 0; line < lines; line++) {
      feed = body.indexOf(LINE_FEED, at);
      if (feed < 0 || feed >= end) feed = end;
      at = feed + 1;
    }
    items.push([from, feed === end ? end : feed - comma]);
    from = feed + 1;
  }
  return items;
}

/** A body of those items alone, in the order given. */
export function pickItems(body: Buffer, format: LineFormat, chosen: readonly number[]): Buffer {
  const { open, separator, close }: Framing = FRAMINGS[format];
  const items = itemsOf(body, format);
  const parts: Buffer[] = [Buffer.from(open)];
  for (const [index, item] of chosen.entries()) {
    const place = items[item];
    if (place === undefined) continue;
    if (index > 0) parts.push(Buffer.from(separator));
    parts.push(body.subarray(place[0], place[1]));
  }
  parts.push(Buffer.from(close));
  return Buffer.concat(parts);
}
