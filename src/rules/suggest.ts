/** The known name that is closest to what was written, or `null` when none is near enough to be a slip. */
export function nearest(written: string, known: readonly string[]): string | null {
  const wanted = written.toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.ceil(wanted.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(wanted, name.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** Whether two names differ by one or two letters, whatever their length. */
export function isSlipOf(written: string, name: string): boolean {
  return editDistance(written.toLowerCase(), name.toLowerCase(), 3) < 3;
}

/** What to write instead: the near name if there is one, else the whole list while it is short enough to read. */
export function adviceFor(written: string, known: readonly string[], noun: string): string | null {
  const near = nearest(written, known);
  if (near !== null) return `did you mean \`${near}\`?`;
  if (known.length === 0) return null;
  const shown = known.slice(0, 12).join(', ');
  return `${noun}: ${shown}${known.length > 12 ? `, … (${known.length})` : ''}`;
}

/** Edits (insert, delete, replace, swap of neighbours) between two texts; stops counting at `limit`. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? limit;
}
