import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { bodiesOf, type ReplayBody } from '../local/replay/bodies.ts';
import { type Replayed, replay } from '../local/replay/replay.ts';
import { openTarget, type ReplayTarget } from '../local/replay/target.ts';
import { TocsinError } from '../model/errors.ts';
import type { QuarantineEntry, QuarantineStore } from '../ports.ts';
import { count } from '../render/format.ts';
import { withAdapters } from './stores.ts';

const HELP = `tocsin replay --archive DIR --to "Endpoint=sb://…;EntityPath=diagnostics" --rate 500
tocsin replay --archive body.json --to sb://contoso.servicebus.windows.net/diagnostics
tocsin replay --quarantine --to "Endpoint=sb://…;EntityPath=diagnostics"

Sends diagnostics to an Event Hub, as diagnostic settings do.

  --archive DIR|FILE   folder in the layout that Azure writes to a storage account, or one file: lines of records, or one body
  --quarantine         what the forwarder put aside, oldest first; an entry that was sent leaves the quarantine. Storage is that of
                       AzureWebJobsStorage, else of the last local run
  --to CONNECTION|URL  connection string with EntityPath; sb://NAMESPACE/HUB with this machine's sign-in; or http(s)://, one POST a body
  --rate N             records a second (default: as fast as they are taken)
  --keep               leave what was sent in the quarantine
  --output FORM        text (default) or json

Exit codes: 0 done, 1 refused, 2 wrong usage, 4 the target or the storage could not be reached.
`;

/** `tocsin replay`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      archive: { type: 'string' },
      quarantine: { type: 'boolean', default: false },
      to: { type: 'string' },
      rate: { type: 'string' },
      keep: { type: 'boolean', default: false },
      output: { type: 'string', default: 'text' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { archive, quarantine, to, keep } = values;
  const rate = values.rate === undefined ? null : Number(values.rate);
  const wrong = (archive === undefined) === !quarantine || (rate !== null && !(rate > 0));
  if (to === undefined || wrong || !['text', 'json'].includes(values.output)) {
    process.stderr.write(HELP);
    return 2;
  }
  if (archive !== undefined && !existsSync(archive)) throw new TocsinError('TCN-C003', `${archive}: no such file or folder`);
  const target = openTarget(to);
  try {
    const options = { rate, sleep: (ms: number) => setTimeout(ms), now: Date.now };
    const done =
      archive === undefined
        ? await withAdapters((ports) => replayQuarantine(ports.quarantine, target, keep, options))
        : { ...(await replay(bodiesOf(archive), target, options)), left: 0 };
    process.stdout.write(values.output === 'json' ? `${JSON.stringify(done)}\n` : told(done, target));
  } finally {
    await target.close();
  }
  return 0;
}

type Done = Replayed & { readonly left: number };
type Pace = Pick<Parameters<typeof replay>[2], 'rate' | 'sleep' | 'now'>;

/** Entries looked at in one run. */
const MOST_ENTRIES = 10_000;
/** Requests that a sink refused as a whole are in the sink's form, which no hub understands. */
const REQUEST = /\/(?:refused|rejected)-[^/]*$/;

/** Sends what is in the quarantine, oldest first. Each entry leaves it when it has arrived: killed in between, it is sent again. */
export async function replayQuarantine(store: QuarantineStore, target: ReplayTarget, keep: boolean, pace: Pace): Promise<Done> {
  const entries = [...(await store.list(MOST_ENTRIES))].reverse();
  const sendable = entries.filter(({ id }) => !REQUEST.test(id));
  const sent = async (bodies: readonly QuarantinedBody[]): Promise<void> => {
    if (!keep) for (const { entry } of bodies) await store.remove(entry);
  };
  const done = await replay(bodiesIn(store, sendable), target, { ...pace, sent });
  return { ...done, left: entries.length - sendable.length };
}

interface QuarantinedBody extends ReplayBody {
  readonly entry: Omit<QuarantineEntry, 'body'>;
}

async function* bodiesIn(
  store: QuarantineStore,
  entries: readonly Omit<QuarantineEntry, 'body'>[],
): AsyncGenerator<QuarantinedBody> {
  for (const entry of entries) {
    const bytes = await store.body(entry);
    if (bytes !== null) yield { entry, bytes, records: 1 };
  }
}

function told({ events, records, tooLarge, left }: Done, { name }: ReplayTarget): string {
  const rest = [
    ...(tooLarge === 0 ? [] : [`${tooLarge} too large for an event`]),
    ...(left === 0 ? [] : [`${left} requests in the form of a sink left where they are`]),
  ];
  return `${count(events, 'event')} with ${count(records, 'record')} sent to ${name}${rest.length === 0 ? '' : `; ${rest.join('; ')}`}\n`;
}
