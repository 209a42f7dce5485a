/** Where rows of one part of the time lie in a block: `[from, to)`, in the order of their arrival. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** The parts of a block that hold any rows; a part is numbered by its begin, counted in widths from the epoch. */
export interface Parts {
  readonly parts: ReadonlyMap<number, Place>;
  readonly firstPart: number;
  readonly lastPart: number;
}

/**
 * Row numbers by part of the time (epoch ms, parts `width` ms long), those of one part in their order. Rows of parts that end before
 * `since` are left out.
 */
export function orderByParts(times: Float64Array, width: number, since: number): Parts & { readonly rows: Int32Array } {
  const least = Math.floor(since / width);
  const numbers = new Int32Array(times.length);
  let [firstPart, lastPart] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < numbers.length; row += 1) {
    const part = Math.floor((times[row] as number) / width);
    numbers[row] = part;
    if (part < least) continue;
    if (part < firstPart) firstPart = part;
    if (part > lastPart) lastPart = part;
  }
  if (lastPart < firstPart) return { rows: new Int32Array(0), parts: new Map(), firstPart: 0, lastPart: 0 };
  const next = new Int32Array(lastPart - firstPart + 2);
  for (const part of numbers) if (part >= least) next[part - firstPart + 1] = (next[part - firstPart + 1] as number) + 1;
  const parts = new Map<number, Place>();
  for (let index = 0; index <= lastPart - firstPart; index += 1) {
    const from = next[index] as number;
    const to = from + (next[index + 1] as number);
    next[index + 1] = to;
    if (to > from) parts.set(firstPart + index, { from, to });
  }
  const rows = new Int32Array(next[lastPart - firstPart + 1] as number);
  for (let row = 0; row < numbers.length; row += 1) {
    const part = numbers[row] as number;
    if (part < least) continue;
    const index = part - firstPart;
    rows[next[index] as number] = row;
    next[index] = (next[index] as number) + 1;
  }
  return { rows, parts, firstPart, lastPart };
}

/** Numbers by their row. A loop: `from` with a function costs ten times as much. */
export function picked(numbers: Float64Array, rows: ArrayLike<number>): Float64Array {
  const found = new Float64Array(rows.length);
  for (let index = 0; index < found.length; index += 1) found[index] = numbers[rows[index] as number] as number;
  return found;
}
