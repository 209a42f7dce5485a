import { type Random, randomOf } from '../../../../src/local/traffic/random.ts';
import { DAY, HOUR, MINUTE } from '../../../../src/model/duration.ts';
import { DEPLOYMENTS, ENDPOINT_DEPLOYMENT, PIPELINE, QUOTA_FAMILIES } from './names.ts';

/*
 * Sixty days of an estate, with forty incidents in them: eight kinds, five of each, one about every thirty hours after the first week.
 * When each begins, how long and how bad it is and what it hits are drawn from the seed. Nothing here knows of any rule.
 */

export const BEGIN = Date.UTC(2026, 2, 2);
export const DAYS = 60;
export const END = BEGIN + DAYS * DAY;

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
  /** From 0 to 1: how bad it is among incidents of its kind. */
  readonly force: number;
  /** Whether somebody must do something; late data mend themselves, and nothing may be said of them. */
  readonly needsResponse: boolean;
}

/** How long after its end an alert may still be about an incident: windows, delays and `for` lie between. */
export const AFTERMATH = 2 * HOUR;
/** A pipeline that did not run is missed when its deadline passes, nearly a day after it should have begun. */
const PIPELINE_DEADLINE = 30 * HOUR;
/** When the nightly pipeline begins, after midnight UTC. */
export const PIPELINE_AT = 3.5 * HOUR;

/** Shortest and longest of each kind. */
const LENGTHS: Readonly<Record<Kind, readonly [least: number, most: number]>> = {
  storm: [15 * MINUTE, 45 * MINUTE],
  'slow model': [30 * MINUTE, 75 * MINUTE],
  'dead deployment': [35 * MINUTE, 90 * MINUTE],
  'silent pipeline': [PIPELINE_DEADLINE, PIPELINE_DEADLINE],
  'creeping cost': [12 * HOUR, 18 * HOUR],
  'quota exhaustion': [4 * HOUR, 8 * HOUR],
  'bad rollout': [45 * MINUTE, 2 * HOUR],
  'late data': [2 * HOUR, 4 * HOUR],
};

const FIRST_DAY = 8;
const COUNT = 5 * KINDS.length;

export interface Plan {
  readonly incidents: readonly Incident[];
  /** The incident of a kind that is on at a time, on a part of the estate where one is named, and how far it has got, from 0 to 1. */
  during(kind: Kind, at: number, key?: string): { readonly incident: Incident; readonly progress: number } | null;
  /** A stream of random numbers of its own for every name and time. */
  noise(...parts: readonly (string | number)[]): Random;
}

export function planOf(seed: number): Plan {
  const incidents = Array.from({ length: COUNT }, (_, index) => incidentOf(seed, index));
  const byKind = new Map(KINDS.map((kind) => [kind, incidents.filter((one) => one.kind === kind)]));
  return {
    incidents,
    during(kind, at, key) {
      for (const incident of byKind.get(kind) ?? []) {
        if (at < incident.start || at >= incident.end || (key !== undefined && incident.hits.key !== key)) continue;
        return { incident, progress: (at - incident.start) / (incident.end - incident.start) };
      }
      return null;
    },
    noise: (...parts) => randomOf(seed, ...parts),
  };
}

/** One about every thirty hours, by night or by day in turns; those of one kind come in every phase of the two months. */
function incidentOf(seed: number, index: number): Incident {
  const random = randomOf(seed, 'incident', index);
  const kind = KINDS[(index * 3) % KINDS.length] as Kind;
  const day = BEGIN + Math.floor(FIRST_DAY + (index * (DAYS - FIRST_DAY - 2)) / COUNT) * DAY;
  const hour = index % 2 === 0 ? 2 + Math.floor(7 * random.uniform()) : 13 + Math.floor(6 * random.uniform());
  const start = kind === 'silent pipeline' ? day + PIPELINE_AT : day + hour * HOUR + Math.floor(60 * random.uniform()) * MINUTE;
  const [least, most] = LENGTHS[kind];
  const length = least + Math.round(((most - least) * random.uniform()) / MINUTE) * MINUTE;
  return {
    kind,
    start,
    end: start + length,
    hits: hitOf(kind, random),
    force: random.uniform(),
    needsResponse: kind !== 'late data',
  };
}

function hitOf(kind: Kind, random: Random): Hit {
  const oneOf = (names: readonly string[]) => names[Math.floor(names.length * random.uniform())] as string;
  const deployments = DEPLOYMENTS.map(({ name }) => name);
  switch (kind) {
    case 'storm':
    case 'dead deployment':
      return { resource: 'account', key: oneOf(deployments) };
    case 'slow model':
    case 'creeping cost':
      return { resource: 'account', key: oneOf(deployments.filter((name) => name !== 'embeddings')) };
    case 'silent pipeline':
      return { resource: 'workspace', key: PIPELINE };
    case 'quota exhaustion':
      return { resource: 'workspace', key: oneOf(QUOTA_FAMILIES) };
    case 'bad rollout':
      return { resource: 'endpoint', key: ENDPOINT_DEPLOYMENT };
    case 'late data':
      return { resource: 'account', key: '' };
  }
}
