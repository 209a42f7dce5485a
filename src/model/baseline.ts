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
  readonly samples: number;
  /** Median of each UTC hour; `null` where it had no sample. */
  readonly hours: readonly (number | null)[];
  readonly extents: Extents;
}

/** Finished days of one series, oldest first, at most 28. */
export type SeriesBaseline = readonly DaySummary[];

/** The baselines of one rule on one shard of its targets; one blob, renewed once a day. */
export interface ShardBaseline {
  readonly version: 1;
  /** Metrics only: the newest day (since the epoch) that was read from the service when all of its data had come. */
  readonly readDay: number | null;
  /** By the name of the series. */
  readonly series: Readonly<Record<string, SeriesBaseline>>;
}

/** An incident under way: which look went beyond which limit, and what was usual when it did. */
export interface Excursion {
  readonly look: Look;
  readonly direction: 'above' | 'below';
  readonly limit: number;
  /** Epoch ms of the sample that crossed it. */
  readonly since: number;
  /** What counts as usual on the day (since the epoch): as it began, and on later days without what the incident itself taught. */
  readonly day: number;
  readonly value: Extent;
  readonly residual: Extent | null;
  /** Samples in a row that were within it. */
  readonly inside: number;
}

/** What is remembered of one series between two samples. Times are epoch ms. */
export interface SeriesTrack {
  /** The first sample, how many there were since, and the newest. */
  readonly since: number;
  readonly samples: number;
  readonly lastAt: number;
  /** The last samples and when they were, newest last. */
  readonly values: readonly number[];
  readonly times: readonly number[];
  /** The day under way: its samples, medians of its finished hours, the samples of the present one, and how far each look went. */
  readonly day: number;
  readonly daySamples: number;
  readonly hours: readonly (number | null)[];
  readonly hour: number;
  readonly hourValues: readonly number[];
  readonly extents: Extents;
  /** How much of that counts as usual already: all but what went beyond it without being an incident. */
  readonly usualExtents: Extents;
}

/** What an anomaly rule remembers of one series between two evaluations. */
export interface SeriesMemory {
  readonly track: SeriesTrack;
  readonly excursion: Excursion | null;
  /** Verdicts on the last samples, newest in the lowest bit, for `failing: n of m`. */
  readonly verdicts: number;
}
