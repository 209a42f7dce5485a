import { createHash } from 'node:crypto';
import type { JobKind } from '../model/messages.ts';
import type { Rule, Signal } from '../model/rule.ts';
import type { ShardKey } from '../model/state.ts';
import { matches, type Target } from '../model/target.ts';
import { isEnabled } from './variants.ts';

/** A call to the metrics batch API takes at most so many resources, and a shard is read in one call. */
export const SHARD_TARGETS = 50;

/** One rule on some of its targets: what is judged, and remembered, together. Targets are in the order of their ids. */
export interface Shard {
  readonly key: ShardKey;
  readonly kind: JobKind;
  readonly targets: readonly Target[];
  /** Logs only: the workspace that is asked. */
  readonly workspace: string | null;
}

/**
 * The shards of a rule, in the order of their names. Log rules: one per workspace, with every target. Activity rules: one per
 * subscription. Heartbeat and stream rules: one. All others: per subscription and region the targets of one bucket; of quotas, which belong to
 * subscription and region, the first target alone, or every bucket would tell the same quota.
 *
 * A target's bucket is a prefix of the bits of its id's hash, as short as 50 targets a bucket allow (extendible hashing). So the
 * name of a shard does not depend on the order or number of the other targets, and a new target moves nobody, unless its bucket
 * overflows: then that one bucket splits in two, and `parentOf` names the shard whose state both halves begin with.
 */
export function shardsOf(rule: Rule, targets: readonly Target[], workspaces: readonly string[]): readonly Shard[] {
  const matching = targets
    .filter((target) => matches(rule.on, target) && isEnabled(rule, target))
    .sort((left, right) => compare(left.id, right.id));
  const watched = speaksOfPlaces(rule.signal) ? firstOfPlaces(matching) : matching;
  if (watched.length === 0) return [];
  if (rule.signal.kind === 'log') {
    return [...new Set(workspaces)].sort(compare).map((workspace) => ({
      key: { rule: rule.id, shard: `logs-${nameOf(workspace)}` },
      kind: 'logs',
      targets: watched,
      workspace,
    }));
  }
  const kind = jobKindOf(rule.signal);
  if (kind === 'activity' || kind === 'heartbeats' || kind === 'streams') {
    const groups =
      kind === 'activity'
        ? watched.map((target) => ({ name: `activity-${nameOf(target.subscriptionId)}`, targets: [target] }))
        : [{ name: kind, targets: watched }];
    return groups.map(({ name, targets: members }) => ({
      key: { rule: rule.id, shard: name },
      kind,
      targets: members,
      workspace: null,
    }));
  }
  return [...placesOf(watched, kind)].flatMap(([place, members]) =>
    bucketsOf(memberList(members)).map(({ prefix, members: bucket }) => ({
      key: { rule: rule.id, shard: prefix === '' ? place : `${place}-b${prefix}` },
      kind,
      targets: bucket,
      workspace: null,
    })),
  );
}

function speaksOfPlaces(signal: Signal): boolean {
  return signal.kind === 'inventory' && (signal.value === 'quotaUsed' || signal.value === 'quotaLeft');
}

/** One target for each subscription and region. */
function firstOfPlaces(targets: readonly Target[]): readonly Target[] {
  const places = new Map<string, Target>();
  for (const target of targets) {
    const place = `${target.subscriptionId} ${target.location}`.toLowerCase();
    if (!places.has(place)) places.set(place, target);
  }
  return [...places.values()];
}

/** Where a signal is read. Cost is read as metrics. */
function jobKindOf({ kind }: Signal): JobKind {
  switch (kind) {
    case 'metric':
    case 'cost':
      return 'metrics';
    case 'log':
      return 'logs';
    case 'heartbeat':
      return 'heartbeats';
    case 'stream':
      return 'streams';
    case 'activity':
    case 'inventory':
      return kind;
  }
}

/** The shard that this one was split from, or `null`: where state is looked for when a shard has none of its own. */
export function parentOf({ rule, shard }: ShardKey): ShardKey | null {
  const match = /^(.*)-b([01]+)$/.exec(shard);
  if (match === null) return null;
  const [, place = '', prefix = ''] = match;
  return { rule, shard: prefix.length === 1 ? place : `${place}-b${prefix.slice(0, -1)}` };
}

interface Member {
  readonly target: Target;
  readonly bits: string;
}

/** Bits are only looked at where there are several buckets. */
function memberList(targets: readonly Target[]): readonly Member[] {
  const several = targets.length > SHARD_TARGETS;
  return targets.map((target) => ({ target, bits: several ? bitsOf(target.id) : '' }));
}

function placesOf(targets: readonly Target[], kind: JobKind): ReadonlyMap<string, readonly Target[]> {
  const places = new Map<string, Target[]>();
  for (const target of targets) {
    const place = `${kind}-${nameOf(target.subscriptionId)}-${nameOf(target.location)}`;
    const known = places.get(place);
    if (known === undefined) places.set(place, [target]);
    else known.push(target);
  }
  return new Map([...places].sort(([left], [right]) => compare(left, right)));
}

function bucketsOf(members: readonly Member[], prefix = ''): readonly { prefix: string; members: readonly Target[] }[] {
  if (members.length === 0) return [];
  if (members.length <= SHARD_TARGETS) return [{ prefix, members: members.map(({ target }) => target) }];
  const side = (bit: string) => members.filter(({ bits }) => bits[prefix.length] === bit);
  return [...bucketsOf(side('0'), `${prefix}0`), ...bucketsOf(side('1'), `${prefix}1`)];
}

/** 256 bits: no number of targets exhausts them. */
function bitsOf(id: string): string {
  const digest = createHash('sha256').update(id.toLowerCase()).digest();
  return [...digest].map((byte) => byte.toString(2).padStart(8, '0')).join('');
}

/** Shard names become blob names, so what is not plain is hashed. */
function nameOf(text: string): string {
  const plain = text.toLowerCase();
  if (/^[a-z0-9-]{1,64}$/.test(plain)) return plain;
  return createHash('sha256').update(plain).digest('hex').slice(0, 16);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
