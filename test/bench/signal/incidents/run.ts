import { offlineClock } from '../../../../src/local/offline/clock.ts';
import { offlineEvaluator } from '../../../../src/local/offline/evaluator.ts';
import { fixedInventory } from '../../../../src/local/offline/inventory.ts';
import type { Transition } from '../../../../src/model/alert.ts';
import { DAY, HOUR, MINUTE } from '../../../../src/model/duration.ts';
import type { Rule } from '../../../../src/model/rule.ts';
import { estateOf, TARGETS } from './estate.ts';
import { madeLogs } from './logs.ts';
import { madeMetrics } from './metrics.ts';
import { RESOURCES } from './names.ts';
import { AFTERMATH, BEGIN, DAYS, END, type Incident, KINDS, type Kind, planOf } from './plan.ts';

/** Windows of a quarter of an hour are caught up in one go, as after a timer that slept: what is told and for when is the same. */
const STEP = 15 * MINUTE;
/** Rules that look further back are read apart, so that not every rule reads as far. */
const LONG_WINDOW = HOUR;

export interface Outcome {
  /** Share of the incidents that need a response of which an alert told, and of the alerts that were about an incident. */
  readonly recall: number;
  readonly precision: number;
  readonly falseAlertsPerWeek: number;
  /** From the beginning of the fault to when the alert is told: its window read. */
  readonly medianSecondsToDetect: number;
  readonly alerts: number;
  readonly byKind: Readonly<
    Record<Kind, { readonly found: number; readonly of: number; readonly medianSecondsToDetect: number | null }>
  >;
  /** Of each rule that fired: alerts that were about an incident and others, its share of the incidents and of its alerts that were right. */
  readonly byRule: readonly {
    readonly rule: string;
    readonly about: number;
    readonly false: number;
    readonly recall: number;
    readonly precision: number;
    readonly medianSecondsToDetect: number | null;
  }[];
  readonly missed: readonly string[];
  readonly falseAlerts: readonly string[];
}

interface Told {
  readonly rule: string;
  readonly at: number;
  readonly target: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Sixty days of the estate under a set of rules, through the use cases that are deployed. */
export async function replay(rules: readonly Rule[], seed: number, onDay: (day: number) => void): Promise<Outcome> {
  const estate = estateOf(planOf(seed));
  const clock = offlineClock(BEGIN);
  const told: Told[] = [];
  const delays = new Map(rules.map(({ id, delay }) => [id, delay]));
  const alerts = rules.filter(({ disposition }) => disposition === 'alert');
  const common = {
    metrics: madeMetrics(estate, clock),
    logs: madeLogs(estate, clock),
    inventory: fixedInventory(TARGETS),
    clock,
    listener: {
      transition: ({ kind, at, alert }: Transition) => {
        if (kind === 'fired')
          told.push({ rule: alert.rule, at: at + (delays.get(alert.rule) ?? 0), target: alert.target, labels: alert.labels });
      },
    },
  };
  const evaluators = [
    alerts.filter(({ window }) => window <= LONG_WINDOW),
    alerts.filter(({ window }) => window > LONG_WINDOW),
  ].map((some) => offlineEvaluator({ ...common, rules: some }));
  for (let day = 1; day <= DAYS; day++) {
    for (let now = clock.now() + STEP; now <= BEGIN + day * DAY; now += STEP) {
      clock.moveTo(now);
      for (const evaluator of evaluators) await evaluator.tick();
    }
    onDay(day);
  }
  return outcomeOf(told, estate.plan.incidents);
}

/** Whether an alert is about an incident: in its time, on its resource, and of its part where the alert names one. */
function isAbout({ at, target, labels }: Told, { start, end, hits, needsResponse }: Incident): boolean {
  if (!needsResponse || at < start || at >= end + AFTERMATH || !target.startsWith(RESOURCES[hits.resource])) return false;
  const named = ['ModelDeploymentName', 'DeploymentName', 'deployment', 'ExperimentName', 'VmFamilyName'].flatMap(
    (label) => labels[label] ?? [],
  );
  return named.length === 0 || named.includes(hits.key);
}

function outcomeOf(told: readonly Told[], incidents: readonly Incident[]): Outcome {
  const needing = incidents.filter(({ needsResponse }) => needsResponse);
  const firstOf = (incident: Incident) => told.filter((one) => isAbout(one, incident)).sort((a, b) => a.at - b.at)[0];
  const detected = needing.map((incident) => ({ incident, first: firstOf(incident) }));
  const found = detected.flatMap(({ incident, first }) =>
    first === undefined ? [] : [{ kind: incident.kind, took: first.at - incident.start }],
  );
  const aboutOf = (one: Told) => needing.find((incident) => isAbout(one, incident));
  const isFalse = (one: Told) => aboutOf(one) === undefined;
  const wrong = told.filter(isFalse);
  const names = [...new Set(told.map(({ rule }) => rule))].sort();
  return {
    recall: round(found.length / needing.length),
    precision: round(told.length === 0 ? 1 : (told.length - wrong.length) / told.length),
    falseAlertsPerWeek: round((wrong.length * 7 * DAY) / (END - BEGIN)),
    medianSecondsToDetect: seconds(found.map(({ took }) => took)) ?? 0,
    alerts: told.length,
    byKind: Object.fromEntries(
      KINDS.map((kind) => {
        const own = found.filter((one) => one.kind === kind);
        return [
          kind,
          {
            found: own.length,
            of: needing.filter((one) => one.kind === kind).length,
            medianSecondsToDetect: seconds(own.map(({ took }) => took)),
          },
        ];
      }),
    ) as Outcome['byKind'],
    byRule: names.map((rule) => {
      const own = told.filter((one) => one.rule === rule);
      const firsts = new Map<Incident, number>();
      for (const one of [...own].sort((a, b) => a.at - b.at)) {
        const incident = aboutOf(one);
        if (incident !== undefined && !firsts.has(incident)) firsts.set(incident, one.at - incident.start);
      }
      const about = own.filter((one) => !isFalse(one)).length;
      return {
        rule,
        about,
        false: own.length - about,
        recall: round(firsts.size / needing.length),
        precision: round(about / own.length),
        medianSecondsToDetect: seconds([...firsts.values()]),
      };
    }),
    missed: detected.filter(({ first }) => first === undefined).map(({ incident }) => `${incident.kind} ${iso(incident.start)}`),
    falseAlerts: wrong
      .slice(0, MOST_NAMED)
      .map(({ rule, at, labels }) => `${rule} ${iso(at)} ${Object.values(labels).join(' ')}`),
  };
}

const MOST_NAMED = 30;

function seconds(ms: readonly number[]): number | null {
  if (ms.length === 0) return null;
  const sorted = [...ms].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) / 1_000);
}

function round(value: number): number {
  return Number(value.toFixed(3));
}

function iso(at: number): string {
  return new Date(at).toISOString().slice(0, 16);
}
