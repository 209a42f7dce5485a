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

/** The labels of a key that `seriesKey` made. */
export function labelsOfKey(key: string, by: readonly string[]): Labels {
  const values = by.length === 1 ? [key] : key.split('\u0000');
  return Object.fromEntries(by.map((name, index) => [name, values[index] ?? '']));
}

/** The target itself, where a rule that splits has something to say of it as a whole. */
const WHOLE = '\u0001whole';
/** Label of the alert that speaks for many expected keys at once. */
export const PIPELINE = 'pipeline';
/** Label of the alert that speaks for the series beyond the rule's limit. */
export const LIMIT = 'limit';
/** Alerts that speak for many series of the shard, each at most once. */
export type Meta = typeof PIPELINE | typeof LIMIT;
const METAS: readonly string[] = [PIPELINE, LIMIT] satisfies readonly Meta[];

/** Where the target-level alert of a rule is kept: beside its series, or the one series of a rule that does not split. */
export function wholeKey(rule: Rule): string {
  return rule.signal.by.length === 0 ? seriesKey({}, []) : WHOLE;
}

/** The instances of one shard while it is judged, found by target and series. */
export interface Register {
  find(target: string, key: string): Instance | null;
  /** The instances of a target, by series key; `undefined` where it has none. Not to be changed while iterating. */
  of(target: string): ReadonlyMap<string, Instance> | undefined;
  meta(which: Meta): Instance | null;
  put(target: string, key: string, instance: Instance | null): void;
  putMeta(which: Meta, instance: Instance | null): void;
  /** How many series are not inactive, nor resolved. */
  active(): number;
  targets(): readonly string[];
  record(keep: (instance: Instance) => boolean): Readonly<Record<string, Instance>>;
}

export function registerOf(rule: Rule, instances: Readonly<Record<string, Instance>>): Register {
  return new ShardRegister(rule.signal.by, instances);
}

class ShardRegister implements Register {
  private readonly byTarget = new Map<string, Map<string, Instance>>();
  private readonly metas = new Map<string, Instance>();
  private open = 0;

  constructor(by: readonly string[], instances: Readonly<Record<string, Instance>>) {
    for (const name in instances) {
      const instance = instances[name] as Instance;
      const meta = metaOf(instance.labels, by);
      if (meta !== null) this.metas.set(meta, instance);
      else this.put(instance.target, keyOf(instance.labels, by), instance);
    }
  }

  find(target: string, key: string): Instance | null {
    return this.byTarget.get(target)?.get(key) ?? null;
  }

  of(target: string): ReadonlyMap<string, Instance> | undefined {
    return this.byTarget.get(target);
  }

  meta(which: Meta): Instance | null {
    return this.metas.get(which) ?? null;
  }

  put(target: string, key: string, instance: Instance | null): void {
    const known = this.byTarget.get(target);
    this.open += weight(instance) - weight(known?.get(key) ?? null);
    if (instance === null) {
      known?.delete(key);
      if (known?.size === 0) this.byTarget.delete(target);
    } else if (known === undefined) this.byTarget.set(target, new Map([[key, instance]]));
    else known.set(key, instance);
  }

  putMeta(which: Meta, instance: Instance | null): void {
    if (instance === null) this.metas.delete(which);
    else this.metas.set(which, instance);
  }

  active(): number {
    return this.open;
  }

  targets(): readonly string[] {
    return [...this.byTarget.keys()];
  }

  record(keep: (instance: Instance) => boolean): Readonly<Record<string, Instance>> {
    const kept: Record<string, Instance> = {};
    for (const known of this.byTarget.values()) {
      for (const instance of known.values()) if (keep(instance)) kept[instance.fingerprint] = instance;
    }
    for (const instance of this.metas.values()) if (keep(instance)) kept[instance.fingerprint] = instance;
    return kept;
  }
}

function weight(instance: Instance | null): 0 | 1 {
  return instance === null || instance.state === 'resolved' ? 0 : 1;
}

function metaOf(labels: Labels, by: readonly string[]): string | null {
  const names = Object.keys(labels);
  const name = names[0];
  return name !== undefined && names.length === 1 && METAS.includes(name) && !by.includes(name) ? name : null;
}

function keyOf(labels: Labels, by: readonly string[]): string {
  const names = Object.keys(labels);
  if (names.length === by.length && by.every((name) => Object.hasOwn(labels, name))) return seriesKey(labels, by);
  if (names.length === 0) return WHOLE;
  // The rule was split otherwise when this began; no reading will match it again.
  return `\u0001${labelKey(labels)}`;
}
