import type { StreamCell, StreamCounts, StreamHour } from '../model/stream.ts';

/** Series of one partition and hour, over all rules: with a cell for every minute they still fit into one row of storage. */
const MOST_SERIES = 2_000;

/** Counts of an hour, of which only what changes is copied. */
export class HourCounts {
  private readonly all: Record<string, StreamCounts>;
  private readonly changed = new Map<string, { beyond: number; readonly series: Record<string, StreamCell[]> }>();
  private readonly copied = new Set<StreamCell[]>();
  private room: number;

  constructor(before: StreamHour | null) {
    this.all = { ...before?.counts };
    this.room = MOST_SERIES;
    for (const { series } of Object.values(this.all)) this.room -= Object.keys(series).length;
  }

  add(counter: string, name: string, minute: number, [records, value, over]: readonly [number, number, number]): void {
    const counts = this.open(counter);
    let cells = counts.series[name];
    if (cells === undefined && this.room <= 0) {
      counts.beyond += 1;
      return;
    }
    if (cells === undefined) this.room -= 1;
    if (cells === undefined || !this.copied.has(cells)) {
      cells = [...(cells ?? [])];
      this.copied.add(cells);
      counts.series[name] = cells;
    }
    const index = cells.findLastIndex(([of]) => of === minute);
    const [, knownRecords, knownValue, knownOver] = cells[index] ?? [minute, 0, 0, 0];
    const cell: StreamCell = [minute, knownRecords + records, knownValue + value, knownOver + over];
    if (index < 0) cells.push(cell);
    else cells[index] = cell;
  }

  counts(): StreamHour['counts'] {
    return { ...this.all, ...Object.fromEntries(this.changed) };
  }

  private open(counter: string): { beyond: number; readonly series: Record<string, StreamCell[]> } {
    let counts = this.changed.get(counter);
    if (counts === undefined) {
      const before = this.all[counter];
      const series = Object.assign(Object.create(null), before?.series) as Record<string, StreamCell[]>;
      counts = { beyond: before?.beyond ?? 0, series };
      this.changed.set(counter, counts);
    }
    return counts;
  }
}
