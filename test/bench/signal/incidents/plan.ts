import { randomOf } from '../../../../src/local/traffic/random.ts';
import { DAY, HOUR, MINUTE } from '../../../../src/model/duration.ts';

/*
 * Sixty days of an estate, with forty incidents in them: eight kinds, five of each, one about every thirty hours after the first week.
 */

export const BEGIN = Date.UTC(2026, 2, 2);
export const DAYS = 60;
export const END = BEGIN + DAYS * DAY;
const SEED = 20_260_302;

export const KINDS = [
  'storm',
  'slow model',
  'dead deployment',
  'silent pipeline',
  'creeping cost',
  'quota exhaustion',
  'bad rollout',
  'late data',
] as const;
export type Kind = (typeof KINDS)[number];

/** Parts of the estate that an incident can hit, as alerts name them. */
export interface Hit {
  readonly resource: 'account' | 'workspace' | 'endpoint';
  /** The label value that alerts of a split rule carry. */
  readonly key: string;
}

export interface Incident {
  readonly kind: Kind;
  /** Epoch ms: when the fault begins and ends. */
  readonly start: number;
  readonly end: number;
  readonly hits: Hit;
  /** Whether somebody must do something; late data mend themselves, and nothing may be said of them. */
  readonly needsResponse: boolean;
}

/** How long after its end an alert may still be about an incident: windows, delays and `for` lie between. */
export const AFTERMATH = 2 * HOUR;
/** A pipeline that did not run is missed when its deadline passes, nearly a day after it should have begun. */
const PIPELINE_DEADLINE = 30 * HOUR;

const HITS: Readonly<Record<Kind, Hit>> = {
  storm: { resource: 'account', key: 'chat' },
  'slow model': { resource: 'account', key: 'chat' },
  'dead deployment': { resource: 'account', key: 'code' },
  'silent pipeline': { resource: 'workspace', key: 'nightly-train' },
  'creeping cost': { resource: 'account', key: 'chat' },
  'quota exhaustion': { resource: 'workspace', key: 'standardDSv3Family' },
  'bad rollout': { resource: 'endpoint', key: 'blue' },
  'late data': { resource: 'account', key: '' },
};

const LENGTHS: Readonly<Record<Kind, number>> = {
  storm: 25 * MINUTE,
  'slow model': 45 * MINUTE,
  'dead deployment': 50 * MINUTE,
  'silent pipeline': PIPELINE_DEADLINE,
  'creeping cost': 14 * HOUR,
  'quota exhaustion': 6 * HOUR,
  'bad rollout': 90 * MINUTE,
  'late data': 3 * HOUR,
};

/** When the nightly pipeline begins, after midnight UTC. */
export const PIPELINE_AT = 3.5 * HOUR;
const FIRST_DAY = 8;
const COUNT = 5 * KINDS.length;

export const INCIDENTS: readonly Incident[] = Array.from({ length: COUNT }, (_, index) => {
  const random = randomOf(SEED, 'incident', index);
  const kind = KINDS[(index * 3) % KINDS.length] as Kind;
  const day = BEGIN + Math.floor(FIRST_DAY + (index * (DAYS - FIRST_DAY - 2)) / COUNT) * DAY;
  const hour = index % 2 === 0 ? 2 + Math.floor(7 * random.uniform()) : 13 + Math.floor(6 * random.uniform());
  const start = kind === 'silent pipeline' ? day + PIPELINE_AT : day + hour * HOUR + Math.floor(60 * random.uniform()) * MINUTE;
  return { kind, start, end: start + LENGTHS[kind], hits: HITS[kind], needsResponse: kind !== 'late data' };
});

/** The incident of a kind that is on at a time, and how far it has got, from 0 to 1. */
export function during(kind: Kind, at: number): number | null {
  const incident = INCIDENTS.find((one) => one.kind === kind && at >= one.start && at < one.end);
  return incident === undefined ? null : (at - incident.start) / (incident.end - incident.start);
}

/** A stream of random numbers of its own for every name and time. */
export function noiseOf(...parts: readonly (string | number)[]) {
  return randomOf(SEED, ...parts);
}
