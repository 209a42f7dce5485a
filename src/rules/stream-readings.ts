import { HOUR, MINUTE } from '../model/duration.ts';
import type { Rule } from '../model/rule.ts';
import type { Point, Reading, Series } from '../model/series.ts';
import { counterOf, type StreamHour, seriesOf } from '../model/stream.ts';
import type { Target } from '../model/target.ts';
import type { Window } from '../model/window.ts';

/**
 * What was counted for a stream rule, over all partitions, as series by target id. Minutes in which nothing counted have no point. Of
 * a target with more series than could be counted nothing can be judged.
 */
export function streamReadings(
  rule: Rule,
  targets: readonly Target[],
  { start, end }: Window,
  hours: readonly StreamHour[],
): Readonly<Record<string, Reading>> {
  const counter = counterOf(rule);
  if (counter === null) return {};
  const { by, over } = counter.signal;
  const watched = new Set(targets.map(({ id }) => id));
  const byTarget = new Map<string, Map<string, Map<number, Sums>>>();
  let beyond = 0;
  for (const { hour, counts } of hours) {
    const counted = counts[counter.name];
    if (counted === undefined || hour >= end || hour + HOUR <= start) continue;
    beyond += counted.beyond;
    for (const [name, cells] of Object.entries(counted.series)) {
      const { resource } = seriesOf(name);
      if (!watched.has(resource)) continue;
      const series = getOr(byTarget, resource, () => new Map<string, Map<number, Sums>>());
      const minutes = getOr(series, name, () => new Map<number, Sums>());
      for (const [minute, records, value, whole] of cells) {
        const at = hour + minute * MINUTE;
        if (at < start || at >= end) continue;
        const sums = getOr(minutes, at, () => ({ records: 0, value: 0, over: 0 }));
        sums.records += records;
        sums.value += value;
        sums.over += whole;
      }
    }
  }
  if (beyond > 0) {
    const detail = `${beyond} records of ${rule.id} were not counted: it has more series than fit into an hour of a partition`;
    return Object.fromEntries(
      targets.map(({ id }) => [id, { status: 'unknown', reason: 'partial data', code: 'TCN-F007', detail }]),
    );
  }
  return Object.fromEntries(
    targets.map(({ id }): [string, Reading] => {
      const series = [...(byTarget.get(id) ?? [])].sort(([left], [right]) => (left < right ? -1 : 1));
      const found = series.flatMap(([name, minutes]) => seriesFrom(name, by, minutes, over !== null) ?? []);
      return [id, { status: 'ok', series: found, watermark: null }];
    }),
  );
}

interface Sums {
  records: number;
  value: number;
  over: number;
}

function seriesFrom(name: string, by: readonly string[], minutes: ReadonlyMap<number, Sums>, isShare: boolean): Series | null {
  if (minutes.size === 0) return null;
  const { values } = seriesOf(name);
  const sorted = [...minutes].sort(([left], [right]) => left - right);
  const points = sorted.flatMap(([at, { records, value }]): readonly Point[] =>
    records === 0 ? [] : [{ at, value, weight: records }],
  );
  return {
    labels: Object.fromEntries(by.map((label, index) => [label, values[index] ?? ''])),
    points,
    over: isShare ? sorted.map(([at, { over }]) => ({ at, value: over, weight: 1 })) : null,
  };
}

function getOr<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
