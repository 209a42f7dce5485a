import type { Later, Verdict } from '../../forward/sinks/verdict.ts';
import type { Clock, ParkedBatch, ParkingStore } from '../../ports.ts';
import { categoriesOf, countCategories } from './categories.ts';
import { compress, type Outgoing, partOf, pickOutgoing, splitOutgoing, uncompress } from './outgoing.ts';
import type { SinkSession } from './sink.ts';
import type { Tally } from './tally.ts';

/** Requests that one outgoing request may be split into in search of the records that a sink refuses. */
const MOST_REQUESTS_PER_SEARCH = 200;

/** What becomes of a request, or of a part of it, that the sink does not take now. */
export type Postpone = (part: Outgoing, packed: Uint8Array, session: SinkSession, why: Later) => Promise<void>;

/** A request on its way to one sink. */
interface Passage {
  readonly session: SinkSession;
  readonly tally: Tally;
  readonly postpone: Postpone;
  left: number;
}

/**
 * Brings one request to one sink, whatever it takes: halves where it is too large, halves again until a refused record is alone (it
 * goes to the quarantine, its neighbours arrive), item by item where the sink answers so, and `postpone` for what it does not take now.
 */
export async function deliver(
  request: Outgoing,
  packed: Uint8Array,
  session: SinkSession,
  tally: Tally,
  postpone: Postpone,
): Promise<void> {
  await attempt(request, packed, 1, { session, tally, postpone, left: MOST_REQUESTS_PER_SEARCH });
}

async function attempt(part: Outgoing, packed: Uint8Array, round: number, passage: Passage): Promise<void> {
  const { session, tally, postpone } = passage;
  passage.left--;
  const verdict = await session.send(part.path, packed);
  if (verdict.kind === 'later') await postpone(part, packed, session, verdict);
  else if (verdict.kind === 'taken') {
    if (verdict.rejected === 0) tally.delivered(session, part.records, categoriesOf(part));
    else await account(await unpacked(part, packed), verdict, session, tally);
  }
  if (verdict.kind === 'partly') await goOn(await unpacked(part, packed), verdict, round, passage);
  else if (verdict.kind === 'too large' || verdict.kind === 'refused')
    await takeApart(await unpacked(part, packed), verdict, passage);
}

/** The body that a request was encoded into belongs to the next one by now. */
async function unpacked(part: Outgoing, packed: Uint8Array): Promise<Outgoing> {
  return { ...part, body: await uncompress(packed) };
}

async function takeApart(
  part: Outgoing,
  verdict: Verdict & { readonly kind: 'too large' | 'refused' },
  passage: Passage,
): Promise<void> {
  const { session, tally } = passage;
  const detail = verdict.kind === 'refused' ? verdict.detail : 'HTTP 413';
  const named = verdict.kind === 'refused' ? verdict.item : undefined;
  const parts = passage.left <= 0 ? null : named !== undefined && named < part.items ? without(part, named) : splitOutgoing(part);
  if (parts === null || part.items < 2) {
    await refuse(part, detail, session, tally);
    return;
  }
  if (named !== undefined && named < part.items) await refuseItem(part, named, detail, session, tally);
  for (const one of parts) await attempt(one, compress(one.body), 1, passage);
}

/** What stands before and behind an item that the sink names. */
function without(part: Outgoing, item: number): readonly Outgoing[] {
  return [partOf(part, 0, item, 'a'), partOf(part, item + 1, part.items, 'b')].filter((one) => one !== null);
}

async function goOn(
  part: Outgoing,
  verdict: Verdict & { readonly kind: 'partly' },
  round: number,
  passage: Passage,
): Promise<void> {
  const { session, tally, postpone } = passage;
  const again = new Set(verdict.again);
  const taken = categoriesOf(part, (item) => !verdict.refused.has(item) && !again.has(item));
  tally.delivered(session, part.items - verdict.refused.size - verdict.again.length, taken);
  tally.repeated(session, verdict.known);
  for (const [item, reason] of verdict.refused) await refuseItem(part, item, reason, session, tally);
  const rest = pickOutgoing(part, verdict.again, `r${round}`);
  if (rest === null) return;
  const packed = compress(rest.body);
  if (session.failure === null && (await session.pause(round, 0))) await attempt(rest, packed, round + 1, passage);
  else {
    const why: Later = session.failure ?? { kind: 'later', code: 'TCN-F002', detail: verdict.detail };
    await postpone(rest, packed, session, session.failure === null ? session.fail(why, 0) : why);
  }
}

async function account(
  part: Outgoing,
  { rejected, message }: Verdict & { readonly kind: 'taken' },
  session: SinkSession,
  tally: Tally,
): Promise<void> {
  const refused = rejected === null ? part.records : Math.min(rejected, part.records);
  tally.delivered(session, part.records - refused);
  tally.rejected(session, refused);
  const count = rejected === null ? 'an unknown number of' : String(rejected);
  const reason = `${session.sink.name} rejected ${count} of ${part.records} records: ${message}`;
  await tally.keepRequest(part, session, 'rejected', reason);
}

async function refuse(part: Outgoing, detail: string, session: SinkSession, tally: Tally): Promise<void> {
  const isOne = part.items === 1 && part.entriesOf(0).length > 0;
  if (isOne) await refuseItem(part, 0, detail, session, tally);
  else {
    tally.refused(session, part.records, categoriesOf(part));
    await tally.keepRequest(part, session, 'refused', `${session.sink.name} answered ${detail}`);
  }
}

async function refuseItem(part: Outgoing, item: number, detail: string, session: SinkSession, tally: Tally): Promise<void> {
  const reason = `${session.sink.name} answered ${detail}`;
  const entries = part.entriesOf(item);
  tally.refused(session, Math.max(entries.length, 1), countCategories(entries));
  for (const entry of entries) await tally.keepRecord(entry, 'TCN-F003', reason, session.sink.name);
  const alone = entries.length > 0 ? null : partOf(part, item, item + 1, `i${item}`);
  if (alone !== null) await tally.keepRequest(alone, session, 'refused', reason);
}

/** Keeps what a sink does not take now, compressed as it will be sent. */
export function parkIn(parking: ParkingStore, tally: Tally, clock: Clock): Postpone {
  return async (part, packed, session, why) => {
    const { name } = session.sink;
    const batch: ParkedBatch = {
      id: `${part.id}/${name}`,
      sink: name,
      path: part.path,
      format: part.format,
      records: part.records,
      enqueuedAt: part.enqueuedAt,
      parkedAt: clock.now(),
      attempts: 0,
    };
    await parking.park(batch, packed);
    tally.wait(session, why, part.records, categoriesOf(part));
  };
}
