import type { Labels } from '../model/labels.ts';
import { labelKey } from '../model/labels.ts';
import type { Rule } from '../model/rule.ts';
import type { Instance } from '../model/state.ts';

/** Tells the series of one target apart within one evaluation; quicker than a canonical label key. */
export function seriesKey(labels: Labels, by: readonly string[]): string {
  if (by.length === 1) return labels[by[0] as string] ?? '';
  let key = '';
  for (const name of by) key += `${labels[name] ?? ''}\u0000`;
  return key;
}

/** The target itself, where a rule that splits has something to say of it as a whole. */
const WHOLE = '\u0001whole';
/** Label of the alert that speaks for many expected keys at once. */
export const PIPELINE = 'pipeline';
const PIPELINE_KEY = '\u0001pipeline';

/** Where the target-level alert of a rule is kept: beside its series, or the one series of a rule that does not split. */
export function wholeKey(rule: Rule): string {
  return rule.signal.by.length === 0 ? seriesKey({}, []) : WHOLE;
}

/** The instances of one shard while it is judged, found by target and series. */
export interface Register {
  find(target: string, key: string): Instance | null;
  /** The instances of a target, by series key; `undefined` where it has none. Not to be changed while iterating. */
  of(target: string): ReadonlyMap<string, Instance> | undefined;
  pipeline(): Instance | null;
  put(target: string, key: string, instance: Instance | null): void;
  putPipeline(instance: Instance | null): void;
  targets(): readonly string[];
  record(keep: (instance: Instance) => boolean): Readonly<Record<string, Instance>>;
}

export function registerOf(rule: Rule, instances: Readonly<Record<string, Instance>>): Register {
  const { by } = rule.signal;
  const byTarget = new Map<string, Map<string, Instance>>();
  let pipeline: Instance | null = null;

  function put(target: string, key: string, instance: Instance | null): void {
    const known = byTarget.get(target);
    if (instance === null) {
      known?.delete(key);
      if (known?.size === 0) byTarget.delete(target);
    } else if (known === undefined) byTarget.set(target, new Map([[key, instance]]));
    else known.set(key, instance);
  }

  for (const instance of Object.values(instances)) {
    const key = keyOf(instance.labels, by);
    if (key === PIPELINE_KEY) pipeline = instance;
    else put(instance.target, key, instance);
  }

  return {
    find: (target, key) => byTarget.get(target)?.get(key) ?? null,
    of: (target) => byTarget.get(target),
    pipeline: () => pipeline,
    put,
    putPipeline(instance) {
      pipeline = instance;
    },
    targets: () => [...byTarget.keys()],
    record(keep) {
      const all = [...byTarget.values()].flatMap((known) => [...known.values()]);
      if (pipeline !== null) all.push(pipeline);
      return Object.fromEntries(all.filter(keep).map((instance) => [instance.fingerprint, instance]));
    },
  };
}

function keyOf(labels: Labels, by: readonly string[]): string {
  const names = Object.keys(labels);
  if (names.length === by.length && by.every((name) => Object.hasOwn(labels, name))) return seriesKey(labels, by);
  if (names.length === 0) return WHOLE;
  if (names.length === 1 && names[0] === PIPELINE) return PIPELINE_KEY;
  // The rule was split otherwise when this began; no reading will match it again.
  return `\u0001${labelKey(labels)}`;
}
