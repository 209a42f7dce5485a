/**
 * The ways in which an anomaly rule looks at a series: the distance from what is usual at this hour of the week (`residual`), the value
 * itself, the lowest of the last samples (`trough`: it rises when a level stays up), the highest of them (`peak`: it falls when what
 * used to come stays away), and how much the samples differ from one to the next (`variation`).
 */
export type Look = 'residual' | 'value' | 'trough' | 'peak' | 'variation';

/** Lowest and highest that a look has been. */
export type Extent = readonly [low: number, high: number];

export type Extents = Readonly<Partial<Record<Look, Extent>>>;

/** What is kept of a finished UTC day of a series. */
export interface DaySummary {
  /** Days since the epoch. */
  readonly day: number;
  /** Median of each UTC hour; `null` where it had no sample. */
  readonly hours: readonly (number | null)[];
  readonly extents: Extents;
}

/** Finished days of one series, oldest first, at most 28. */
export type SeriesBaseline = readonly DaySummary[];

/** The baselines of one rule on one shard of its targets, by series; one blob, renewed once a day. */
export interface ShardBaseline {
  readonly version: 1;
  /** The last day (since the epoch) that was read again after it had ended, when all of its data had come. */
  readonly reread: number | null;
  readonly series: Readonly<Record<string, SeriesBaseline>>;
}

/** A limit that a series has crossed and not come back over. */
export interface Excursion {
  readonly look: Look;
  readonly side: 'above' | 'below';
  readonly limit: number;
  /** Epoch ms of the sample that crossed it. */
  readonly since: number;
}

/** What an anomaly rule remembers of one series between two samples. Times are epoch ms of window ends. */
export interface SeriesMemory {
  /** The first sample, how many there were since, and the newest. */
  readonly since: number;
  readonly samples: number;
  readonly lastAt: number;
  /** The first sample for which there was something to compare it with at its hour. */
  readonly seasonSince: number | null;
  /** The last samples, newest last. */
  readonly values: readonly number[];
  /** The day under way: medians of its finished hours, the samples of the present one, and how far each look went. */
  readonly day: number;
  readonly hours: readonly (number | null)[];
  readonly hour: number;
  readonly hourValues: readonly number[];
  readonly extents: Extents;
  /** Samples since the last one outside the usual, and how far outside the incident went. */
  readonly quiet: number;
  readonly level: number;
  readonly excursion: Excursion | null;
  /** Verdicts on the last samples, newest in the lowest bit, for `failing: n of m`. */
  readonly verdicts: number;
}
