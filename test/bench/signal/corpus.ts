import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Span } from './nab.ts';

/** A labelled or unlabelled series: `timestamp,value` rows under a heading. */
export interface Recorded {
  /** Its path relative to the folder, with `/`. */
  readonly name: string;
  /** As written, and in epoch ms; a time without a zone is taken for UTC. */
  readonly stamps: readonly string[];
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** Every CSV file below a folder, in the order of their names. Throws on a row that is no time and number. */
export function readCorpus(folder: string): readonly Recorded[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.csv'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => readSeries(path, relative(folder, path).replaceAll('\\', '/')));
}

function readSeries(path: string, name: string): Recorded {
  const rows = readFileSync(path, 'utf8').trim().split(/\r?\n/).slice(1);
  const stamps: string[] = [];
  const times: number[] = [];
  const values: number[] = [];
  rows.forEach((row, index) => {
    const comma = row.indexOf(',');
    const stamp = row.slice(0, comma).trim();
    const time = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(stamp) ? stamp : `${stamp.replace(' ', 'T')}Z`);
    const value = Number(row.slice(comma + 1));
    if (Number.isNaN(time) || Number.isNaN(value))
      throw new Error(`${name}: row ${index + 2} is not a time and a number: ${row}`);
    stamps.push(stamp);
    times.push(time);
    values.push(value);
  });
  return { name, stamps, times, values };
}

/** The labelled windows of a series as rows. Labels carry fractions of a second that rows lack. */
export function windowsOf(
  { name, stamps }: Recorded,
  labels: Readonly<Record<string, readonly (readonly string[])[]>>,
): readonly Span[] {
  const row = new Map(stamps.map((stamp, index) => [stamp, index]));
  return (labels[name] ?? []).map(([from = '', to = '']) => {
    const [first, last] = [row.get(from.replace(/\.0+$/, '')), row.get(to.replace(/\.0+$/, ''))];
    if (first === undefined || last === undefined) throw new Error(`${name}: a window's edge is not a row`);
    return { first, last };
  });
}
