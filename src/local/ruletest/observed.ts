import type { Alert, Transition } from '../../model/alert.ts';
import type { EvaluationEntry } from '../../model/evaluation-log.ts';
import type { Finding } from '../../model/finding.ts';
import type { Instance, ShardKey, ShardState } from '../../model/state.ts';
import { offlineAlerts } from '../offline/alerts.ts';
import type { OfflineListener } from '../offline/evaluator.ts';

/** What was judged of one window of one rule. */
export interface JudgedOf {
  readonly breaches: ReadonlySet<string>;
  /** Targets that were not judged in it. */
  readonly without: ReadonlySet<string>;
}

/** What can be seen of the evaluation at one time. */
export interface Observed {
  readonly at: number;
  /** Firing, and every episode so far. */
  readonly alerts: readonly Alert[];
  readonly episodes: readonly Alert[];
  readonly findings: readonly Finding[];
  readonly instances: readonly (Instance & { readonly rule: string })[];
  /** By rule and window end, as `judgedKey` makes them. */
  readonly judged: ReadonlyMap<string, JudgedOf>;
  /** Lines of the evaluation log, oldest first. */
  readonly entries: readonly EvaluationEntry[];
}

export function judgedKey(rule: string, windowEnd: number): string {
  return `${rule}\n${windowEnd}`;
}

/** Keeps what the evaluator tells, so that it can be looked at later. */
export function observer(): {
  readonly listener: OfflineListener;
  readonly look: (at: number, findings: readonly Finding[]) => Promise<Observed>;
} {
  const alerts = offlineAlerts();
  const states = new Map<string, { readonly key: ShardKey; readonly state: ShardState }>();
  const judged = new Map<string, JudgedOf>();
  const entries: EvaluationEntry[] = [];
  const told: Promise<unknown>[] = [];
  return {
    listener: {
      transition: (transition: Transition) => void told.push(alerts.apply(transition, [''])),
      entry: (entry) => void entries.push(entry),
      state: (key, state) => {
        states.set(`${key.rule}\n${key.shard}`, { key, state });
        for (const { end, breaches, without = [] } of state.recent) {
          judged.set(judgedKey(key.rule, end), { breaches: new Set(breaches), without: new Set(without) });
        }
      },
    },
    look: async (at, findings) => {
      await Promise.all(told.splice(0));
      return {
        at,
        alerts: await alerts.open(),
        episodes: await alerts.during({ start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }),
        findings,
        instances: [...states.values()].flatMap(({ key, state }) =>
          Object.values(state.instances).map((instance) => ({ ...instance, rule: key.rule })),
        ),
        judged: new Map(judged),
        entries: [...entries],
      };
    },
  };
}
