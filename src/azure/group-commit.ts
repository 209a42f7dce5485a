import type { TransactionAction } from '@azure/data-tables';

/** What a transaction of a table takes: a hundred rows of one partition, 4 MiB. */
const MOST_ROWS = 100;
const MOST_BYTES = 3 * 1024 * 1024;

/** Transactions of one partition that are on their way at once; what comes meanwhile travels together in the next. */
const UNDER_WAY = 1;

const turns = new WeakMap<object, Promise<unknown>>();

/**
 * Runs transactions of one account one after the other. Azurite keeps what a transaction has to undo in one place for all: one that is
 * refused would undo what another has just written.
 */
export function inTurn<Result>(account: object, transaction: () => Promise<Result>): Promise<Result> {
  const before = turns.get(account) ?? Promise.resolve();
  const mine = before.then(transaction, transaction);
  turns.set(account, mine);
  return mine;
}

export interface Commit<Result> {
  readonly row: string;
  readonly action: TransactionAction;
  readonly bytes: number;
  /** The same write on its own. */
  alone(): Promise<Result>;
}

interface Waiting<Result> extends Commit<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (thrown: unknown) => void;
}

/**
 * Writes of one partition that are asked for at the same time, each decided by itself, as few transactions. `together` resolves to one
 * result for each action, or to `null` where the transaction was refused because of one of them: then nothing is written, and each write
 * is made on its own. A write that meets no other is made on its own at once.
 */
export function groupCommit<Result>(
  together: (actions: readonly TransactionAction[]) => Promise<readonly Result[] | null>,
): (commit: Commit<Result>) => Promise<Result> {
  let waiting: Waiting<Result>[] = [];
  let underWay = 0;

  async function commitAll(batch: readonly Waiting<Result>[]): Promise<void> {
    try {
      const results = batch.length === 1 ? null : await together(batch.map(({ action }) => action));
      if (results === null) await Promise.all(batch.map((each) => each.alone().then(each.resolve, each.reject)));
      else for (const [index, each] of batch.entries()) each.resolve(results[index] as Result);
    } catch (thrown) {
      for (const each of batch) each.reject(thrown);
    } finally {
      underWay -= 1;
      start();
    }
  }

  function start(): void {
    if (underWay >= UNDER_WAY || waiting.length === 0) return;
    const [batch, rest] = nextBatch(waiting);
    waiting = rest;
    underWay += 1;
    void commitAll(batch);
    start();
  }

  return (commit) =>
    new Promise((resolve, reject) => {
      waiting.push({ ...commit, resolve, reject });
      // Whoever asks in the same turn goes along.
      if (waiting.length === 1) setImmediate(start);
    });
}

/** The first of those that wait, as far as they fit, each row once; a second write of a row waits for the first. */
function nextBatch<Result>(waiting: readonly Waiting<Result>[]): readonly [readonly Waiting<Result>[], Waiting<Result>[]] {
  const rows = new Set<string>();
  const batch: Waiting<Result>[] = [];
  const rest: Waiting<Result>[] = [];
  let bytes = 0;
  for (const each of waiting) {
    const fits = batch.length < MOST_ROWS && !rows.has(each.row) && (batch.length === 0 || bytes + each.bytes <= MOST_BYTES);
    (fits ? batch : rest).push(each);
    if (!fits) continue;
    rows.add(each.row);
    bytes += each.bytes;
  }
  return [batch, rest];
}
