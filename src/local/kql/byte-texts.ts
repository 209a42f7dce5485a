/*
 * Texts kept as the bytes that they were read from: long texts of which most come once. A string for each would cost more to make and
 * to hold than everything else of a row; so a row's string is made when it is read.
 */

/** Texts by row. */
export interface ByteTexts {
  readonly kind: 'bytes';
  /** ASCII only. After each text comes a byte of 0, after the last one another three bytes of any kind. */
  readonly blocks: readonly Buffer[];
  /** The block of a row, -1 where its text is not in one, and where it begins and ends in there. */
  readonly places: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Texts in other scripts, by row. Rows that are neither here nor in a block have the empty text. */
  readonly others: ReadonlyMap<number, string>;
}

/** What is decoded at once where rows are read one after the other; small enough that it is gone before the collector has to move it. */
const WINDOW = 32_768;
/** A row that begins so far behind the last one is still one after the other. */
const NEAR = 4_096;

/** The text of a row. */
export function textReader({ blocks, places, starts, ends, others }: ByteTexts): (row: number) => string {
  let decoded = '';
  let place = -1;
  let from = 0;
  let to = 0;
  return (row) => {
    const block = places[row] as number;
    if (block < 0) return others.get(row) ?? '';
    const start = starts[row] as number;
    const end = ends[row] as number;
    if (block === place && start >= from && end <= to) return decoded.substring(start - from, end - from);
    const bytes = blocks[block] as Buffer;
    const isNext = block === place ? start >= to - WINDOW && start <= to + NEAR : start <= NEAR;
    if (!isNext || end - start > WINDOW) {
      place = block;
      from = end;
      to = end;
      return bytes.toString('latin1', start, end);
    }
    place = block;
    from = start;
    to = Math.min(bytes.length, start + WINDOW);
    decoded = bytes.toString('latin1', from, to);
    return decoded.substring(0, end - start);
  };
}

/** Rows in the order of `selection`; -1 gives `none`. */
export function gatherTexts(data: ByteTexts, selection: ArrayLike<number>, none: string): ByteTexts {
  const made = emptyTexts(selection.length);
  const others = new Map<number, string>();
  for (let row = 0; row < selection.length; row += 1) {
    const from = selection[row] as number;
    if (from < 0) {
      if (none !== '') others.set(row, none);
      continue;
    }
    const place = data.places[from] as number;
    made.places[row] = place;
    if (place < 0) {
      const other = data.others.get(from);
      if (other !== undefined) others.set(row, other);
      continue;
    }
    made.starts[row] = data.starts[from] as number;
    made.ends[row] = data.ends[from] as number;
  }
  return { kind: 'bytes', blocks: data.blocks, ...made, others };
}

export function sliceTexts(data: ByteTexts, rows: number, from = 0): ByteTexts {
  const { places, starts, ends } = data;
  const others = from === 0 ? data.others : new Map([...data.others].map(([row, text]) => [row - from, text]));
  return {
    ...data,
    others,
    places: places.subarray(from, rows),
    starts: starts.subarray(from, rows),
    ends: ends.subarray(from, rows),
  };
}

/** The same kept as bytes, `data` being texts with a dictionary. */
export function textsOfCodes(codes: Int32Array, values: readonly string[]): ByteTexts {
  const made = emptyTexts(codes.length);
  const used = new Set(codes);
  const texts = values.map((text, code) => (used.has(code) && text !== '' && isAscii(text) ? text : null));
  const block = Buffer.from(`${texts.map((text) => (text === null ? '' : `${text}\0`)).join('')}\0\0\0`, 'latin1');
  const begins = new Int32Array(values.length);
  texts.reduce((at, text, code) => {
    begins[code] = at;
    return text === null ? at : at + text.length + 1;
  }, 0);
  const others = new Map<number, string>();
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row] as number;
    const text = texts[code] ?? null;
    if (text === null) {
      if (values[code] !== '') others.set(row, values[code] as string);
    } else {
      made.places[row] = 0;
      made.starts[row] = begins[code] as number;
      made.ends[row] = (begins[code] as number) + text.length;
    }
  }
  return { kind: 'bytes', blocks: [block], ...made, others };
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** One below the other. */
export function concatTexts(parts: readonly ByteTexts[]): ByteTexts {
  const made = emptyTexts(parts.reduce((total, part) => total + part.places.length, 0));
  const others = new Map<number, string>();
  const blocks: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    // The last block of one file is often the first of the next.
    const shared = blocks.length > 0 && blocks[blocks.length - 1] === part.blocks[0] ? 1 : 0;
    const offset = blocks.length - shared;
    blocks.push(...part.blocks.slice(shared));
    const rows = part.places.length;
    for (let row = 0; row < rows; row += 1) {
      const place = part.places[row] as number;
      if (place >= 0) made.places[at + row] = place + offset;
    }
    made.starts.set(part.starts, at);
    made.ends.set(part.ends, at);
    for (const [row, text] of part.others) if (row < rows) others.set(at + row, text);
    at += rows;
  }
  return { kind: 'bytes', blocks, ...made, others };
}

function emptyTexts(rows: number): { readonly places: Int32Array; readonly starts: Int32Array; readonly ends: Int32Array } {
  return { places: new Int32Array(rows).fill(-1), starts: new Int32Array(rows), ends: new Int32Array(rows) };
}
