import { HOUR, MINUTE } from '../../model/duration.ts';
import { asTocsinError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import { alignDown } from '../../model/window.ts';
import type { FindingStore, ForwardLag, ForwardMark, Log, LossCounts } from '../../ports.ts';
import type { Tally } from './tally.ts';

/** Alerts on logs wait for minutes as it is. */
const LATE = 5 * MINUTE;

/** A finding an hour while forwarding falls behind the hub; none where it does not. */
export function lateFindings(hub: string, lag: ForwardLag | null, now: number): readonly Finding[] {
  if (lag === null || lag.p99 < LATE) return [];
  const minutes = Math.round(lag.p99 / MINUTE);
  return [
    {
      id: `lag/${hub}/${hourOf(now)}`,
      kind: 'pipeline',
      rule: null,
      target: null,
      labels: { hub },
      severity: 2,
      firstAt: now,
      lastAt: now,
      count: 1,
      value: lag.p99 / 1000,
      code: 'TCN-F006',
      summary: `events of ${hub} were forwarded ${minutes} minutes after they had come in`,
      evidence: null,
    },
  ];
}

/** Losses below this are told by the quarantine alone. */
const FEW = 20;
const SHARE = 0.01;

/** A finding an hour while a partition loses more than a hundredth of its records, and twice the share of the hour before. */
export function lossFindings({ partition, totals }: ForwardMark, now: number): readonly Finding[] {
  if (totals === undefined) return [];
  const { at, now: current, before } = totals.hour;
  const share = ({ records, lost }: LossCounts): number => lost / Math.max(records, lost, 1);
  if (current.lost < FEW || share(current) < Math.max(SHARE, 2 * share(before))) return [];
  const percent = (value: number): string => `${Math.round(value * 1000) / 10} %`;
  return [
    {
      id: `loss/${partition}/${hourOf(at)}`,
      kind: 'pipeline',
      rule: null,
      target: null,
      labels: { partition },
      severity: 2,
      firstAt: now,
      lastAt: now,
      count: current.lost,
      value: share(current),
      code: 'TCN-F008',
      summary: `${current.lost} of the records of ${partition} in this hour were refused or could not be read (${percent(share(current))}; ${percent(share(before))} in the hour before)`,
      evidence: null,
    },
  ];
}

/** One finding an hour for the quarantine and one for every sink that keeps records waiting, so that a report names the trouble. */
export function findingsOf(hub: string, tally: Tally, now: number): readonly Finding[] {
  const common = { rule: null, target: null, firstAt: now, lastAt: now, value: null, evidence: null };
  const findings: Finding[] = [];
  const [first] = tally.quarantined;
  if (first !== undefined) {
    const count = tally.quarantined.length;
    findings.push({
      ...common,
      id: `quarantine/${hub}/${hourOf(now)}`,
      kind: 'quarantine',
      labels: { hub },
      severity: 3,
      count,
      code: first.code,
      summary: `${count} ${count === 1 ? 'piece' : 'pieces'} of ${hub} in quarantine, the first because: ${first.reason}`,
    });
  }
  for (const [sink, { parked: records, waits }] of tally.sinks) {
    if (waits === null) continue;
    const { code, detail } = waits;
    findings.push({
      ...common,
      id: `forwarding/${sink}/${hourOf(now)}`,
      kind: 'forwarding failed',
      labels: { hub, sink },
      severity: 2,
      count: records,
      code,
      summary: `${records} ${records === 1 ? 'record waits' : 'records wait'} for ${sink}: ${detail}`,
    });
  }
  return findings;
}

/** `2026-03-18T00`: with it in its id a finding is written once an hour. */
function hourOf(time: number): string {
  return new Date(alignDown(time, HOUR)).toISOString().slice(0, 13);
}

/** A finding that cannot be written is logged: what it speaks of is safe already. */
export async function report(findings: readonly Finding[], store: FindingStore, log: Log): Promise<void> {
  for (const finding of findings) {
    try {
      await store.put(finding);
    } catch (thrown) {
      log.warn({ finding: finding.id, code: asTocsinError(thrown).code }, 'finding cannot be written');
    }
  }
}
