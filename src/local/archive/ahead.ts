/** How many are under way at the same time. */
const AT_ONCE = 8;

/**
 * Does the work of a list some steps ahead of whoever takes the results, which come in the order of the list. A failure comes where its
 * result would.
 */
export function ahead<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): () => Promise<Result> {
  const begun: Promise<Result>[] = [];
  let next = 0;
  return () => {
    while (next < items.length && begun.length < AT_ONCE) {
      const result = work(items[next] as Item);
      result.catch(() => undefined);
      begun.push(result);
      next += 1;
    }
    return begun.shift() ?? Promise.reject(new RangeError('nothing is left'));
  };
}
