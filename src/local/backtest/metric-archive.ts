import { HOUR, MINUTE } from '../../model/duration.ts';
import type { MetricAnswer, MetricSeries } from '../../model/query.ts';
import type { Clock, MetricSource } from '../../ports.ts';
import type { Archive } from '../archive/archive.ts';
import { MetricMinutes } from './metric-minutes.ts';

/** A call returns at most so many series per metric and resource; more of them count as a partial answer, as in Azure. */
const MOST_SERIES = 5_000;
/** A minute is published so long after its end. */
const PUBLISHED_AFTER = MINUTE;

export interface MetricArchive {
  readonly source: MetricSource;
  /** Reads the minutes up to a time (epoch ms), and forgets what no window will ask for any more. */
  advance(to: number): Promise<void>;
  /** Metric minutes read so far, and the resources that they are of (ids in lower case). */
  minutes(): number;
  resourceIds(): ReadonlySet<string>;
}

/** The archive's metrics, read once in the order of time; `lookback` is how many ms before now may be asked for. */
export function openMetricArchive(archive: Archive, lookback: number, start: number, clock: Clock): MetricArchive {
  const metrics = new Map<string, MetricMinutes>();
  let hour = Math.floor((start - lookback) / HOUR) * HOUR;
  const resources = new Set<string>();
  let minutes = 0;
  let forgotten = hour;

  async function readHour(): Promise<void> {
    for (const record of await archive.metricMinutes({ start: hour, end: hour + HOUR })) {
      const key = keyOf(record.resourceId, record.metric);
      const known = metrics.get(key) ?? new MetricMinutes();
      metrics.set(key, known);
      known.add(record);
      resources.add(key.slice(0, key.indexOf('\n')));
      minutes += 1;
    }
    hour += HOUR;
  }

  return {
    minutes: () => minutes,
    resourceIds: () => resources,
    advance: async (to) => {
      while (hour <= to) await readHour();
      if (to - lookback < forgotten + HOUR) return;
      forgotten = to - lookback;
      for (const each of metrics.values()) each.forget(forgotten);
    },
    source: {
      read: async ({ resourceIds, metrics: names, splitBy, span, grain, aggregations }): Promise<MetricAnswer> => {
        const last = clock.now() - PUBLISHED_AFTER - MINUTE;
        const published = { start: Math.ceil(span.start / grain) * grain, end: Math.min(span.end, last + 1) };
        const series: MetricSeries[] = [];
        const failed: MetricAnswer['failed'][number][] = [];
        for (const resourceId of resourceIds) {
          for (const metric of names) {
            const found = metrics.get(keyOf(resourceId, metric))?.read(splitBy, published, grain, aggregations) ?? [];
            if (found.length >= MOST_SERIES) {
              failed.push({ resourceId, metric, code: 'TCN-A006', detail: `more than ${MOST_SERIES} series` });
            } else for (const { labels, points } of found) series.push({ resourceId, metric, labels, points });
          }
        }
        return { series, failed };
      },
    },
  };
}

/** Names of resources and of metrics are compared without case. */
function keyOf(resourceId: string, metric: string): string {
  return `${resourceId.replace(/^\/*/, '/').toLowerCase()}\n${metric.toLowerCase()}`;
}
