import type { Window } from '../../model/window.ts';
import type { MetricRecord } from './append.ts';
import { GrowingFile } from './growing-file.ts';

/** The metric minutes of one hour, by resource and metric; it grows as its file does. */
export class MetricHour {
  readonly #file: GrowingFile;
  #records = new Map<string, MetricRecord[]>();

  constructor(path: string) {
    this.#file = new GrowingFile(path);
  }

  async refresh(): Promise<void> {
    if ((await this.#file.read((text) => this.#add(text))) === 'read') return;
    this.#records = new Map();
    await this.#file.read((text) => this.#add(text));
  }

  of(resourceId: string, metric: string, span: Window): readonly MetricRecord[] {
    const all = this.#records.get(keyOf(resourceId, metric)) ?? [];
    return all.filter((record) => record.time >= span.start && record.time < span.end);
  }

  /** Metrics that a resource has published. */
  names(resourceId: string): readonly string[] {
    const prefix = keyOf(resourceId, '');
    return [...this.#records].flatMap(([key, records]) => (key.startsWith(prefix) ? [records[0]?.metric ?? ''] : []));
  }

  resourceIds(): readonly string[] {
    return [...new Set([...this.#records.keys()].map((key) => key.slice(0, key.indexOf('\n'))))];
  }

  #add(text: string): void {
    const record = metricRecord(text);
    const key = keyOf(record.resourceId, record.metric);
    const records = this.#records.get(key);
    if (records === undefined) this.#records.set(key, [record]);
    else records.push(record);
  }
}

/** A line of a metrics file. */
export function metricRecord(text: string): MetricRecord {
  const { time, ...rest } = JSON.parse(text) as Omit<MetricRecord, 'time'> & { readonly time: string };
  return { ...rest, time: Date.parse(time) };
}

/** Names of resources and of metrics are compared without case. */
function keyOf(resourceId: string, metric: string): string {
  return `${resourceId.replace(/^\/*/, '/').toLowerCase()}\n${metric.toLowerCase()}`;
}
