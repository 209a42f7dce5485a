import { MINUTE } from '../../model/duration.ts';
import type { Diagnostic } from '../../model/errors.ts';
import { metricFacts, metricsOf, namespaceOf } from '../../rules/catalogue.ts';
import { adviceFor } from '../../rules/suggest.ts';
import type { MetricRecord } from '../archive/append.ts';
import type { OfflineTarget } from '../offline/inventory.ts';
import type { ReadMinutes } from '../offline/metrics.ts';
import { instantOf, lengthOf, type Place, problemAt } from './load.ts';
import { parseSamples } from './notation.ts';
import type { RawMetricInput } from './schema.ts';

/** A minute and when it can be read (epoch ms). */
export interface TestMinute extends MetricRecord {
  readonly readableAt: number;
}

/** The minutes of one series on each of its targets; names are checked against what Azure documents of the target's type. */
export function metricMinutes(
  raw: RawMetricInput,
  place: Place,
  targets: readonly OfflineTarget[],
  start: number,
  diagnostics: Diagnostic[],
): readonly TestMinute[] {
  const samples = parseSamples(String(raw.values));
  if ('problem' in samples) {
    diagnostics.push(problemAt(place, ['values'], samples.problem));
    return [];
  }
  const from = instantOf(raw.from ?? 0, start);
  const interval = lengthOf(raw.interval, MINUTE);
  const late = lengthOf(raw.arrives, 0);
  const count = raw.samples ?? 1;
  const dimensions = Object.fromEntries(Object.entries(raw.labels ?? {}).map(([name, value]) => [name, String(value)]));
  return targets.flatMap(({ target }) => {
    if (!isKnown(raw, target.type, place, diagnostics)) return [];
    return samples.flatMap((value, index): readonly TestMinute[] => {
      if (value === null) return [];
      const time = from + index * interval;
      return [
        {
          time,
          readableAt: time + late,
          resourceId: target.id,
          namespace: namespaceOf(target.type) ?? target.type,
          metric: raw.metric,
          dimensions,
          total: value * count,
          count,
          minimum: value,
          maximum: value,
        },
      ];
    });
  });
}

function isKnown(raw: RawMetricInput, type: string, place: Place, diagnostics: Diagnostic[]): boolean {
  const facts = metricFacts(type, raw.metric);
  if (facts === null) {
    const names = metricsOf(type).map(({ name }) => name);
    diagnostics.push(
      problemAt(place, ['metric'], `${type} has no metric ${raw.metric}`, { hint: adviceFor(raw.metric, names, 'metrics') }),
    );
    return false;
  }
  const unknown = Object.keys(raw.labels ?? {}).filter((name) => !facts.dimensions.includes(name));
  for (const name of unknown) {
    const hint = adviceFor(name, facts.dimensions, 'it has');
    diagnostics.push(problemAt(place, ['labels', name], `metric ${raw.metric} has no dimension ${name}`, { hint }));
  }
  return unknown.length === 0;
}

/** Minutes by resource and metric, sorted once, so that a read looks only at its own span. */
export function minuteReader(minutes: readonly TestMinute[]): ReadMinutes {
  const series = new Map<string, TestMinute[]>();
  for (const minute of minutes) {
    const key = `${minute.resourceId}\n${minute.metric}`;
    const known = series.get(key);
    if (known === undefined) series.set(key, [minute]);
    else known.push(minute);
  }
  for (const list of series.values()) list.sort((left, right) => left.time - right.time);
  return (resourceId, metric, span, now) => {
    const list = series.get(`${resourceId}\n${metric}`) ?? [];
    const found: TestMinute[] = [];
    for (let index = firstAt(list, span.start); index < list.length; index += 1) {
      const minute = list[index] as TestMinute;
      if (minute.time >= span.end) break;
      if (minute.readableAt <= now) found.push(minute);
    }
    return found;
  };
}

function firstAt(list: readonly TestMinute[], time: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as TestMinute).time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
