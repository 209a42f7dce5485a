import type { ReplayBody } from './bodies.ts';
import type { ReplayTarget } from './target.ts';

export interface Replayed {
  readonly events: number;
  readonly records: number;
  readonly bytes: number;
  /** Bodies that no event can hold; the other figures are of those that arrived. */
  readonly tooLarge: number;
}

export interface ReplayOptions<Body> {
  /** Records a second; `null`: as fast as the target takes them. */
  readonly rate: number | null;
  readonly sleep: (ms: number) => Promise<void>;
  /** Epoch ms. */
  readonly now: () => number;
  /** Called with the bodies that have arrived. */
  readonly sent?: (bodies: readonly Body[]) => Promise<void>;
}

const MOST_BYTES = 800_000;
/** Steps of a paced replay, in seconds. */
const STEP = 0.2;

/** Sends bodies in their order, at most `rate` records a second. What was sent before a failure has arrived. */
export async function replay<Body extends ReplayBody>(
  bodies: AsyncIterable<Body> | Iterable<Body>,
  target: ReplayTarget,
  { rate, sleep, now, sent }: ReplayOptions<Body>,
): Promise<Replayed> {
  const began = now();
  const mostRecords = rate === null ? Number.POSITIVE_INFINITY : Math.max(1, rate * STEP);
  const total = { events: 0, records: 0, bytes: 0, tooLarge: 0 };
  let waiting: Body[] = [];
  let [records, bytes] = [0, 0];
  let paced = 0;

  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const due = rate === null ? 0 : began + (paced / rate) * 1000 - now();
    if (due > 0) await sleep(due);
    const tooLarge = new Set(await target.send(waiting.map((body) => body.bytes)));
    const arrived = waiting.filter((body) => !tooLarge.has(body.bytes));
    paced += records;
    total.events += arrived.length;
    for (const body of arrived) {
      total.records += body.records;
      total.bytes += body.bytes.length;
    }
    total.tooLarge += tooLarge.size;
    waiting = [];
    [records, bytes] = [0, 0];
    await sent?.(arrived);
  };
  for await (const body of bodies) {
    waiting.push(body);
    records += body.records;
    bytes += body.bytes.length;
    if (records >= mostRecords || bytes >= MOST_BYTES) await flush();
  }
  await flush();
  return total;
}
