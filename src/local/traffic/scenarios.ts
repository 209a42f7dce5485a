import { TocsinError } from '../../model/errors.ts';

/** What is out of the ordinary in one minute of a scenario. */
export interface Effects {
  /** Factor on the request rate of deployments, by name. */
  readonly rate: Readonly<Record<string, number>>;
  /** Factor on the latency of deployments, by name. */
  readonly latency: Readonly<Record<string, number>>;
  /** Minutes after which log records reach the workspace. */
  readonly logDelay: number;
}

/** What a run of a scenario must show before it counts as complete. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** Minute of the day (UTC) at which a run on the scenario's clock starts, such that the 08:00 digest comes after the incident. */
  readonly startsAt: number;
  /** Effects in the minute that begins `minute` minutes after the scenario's start; negative minutes are its history. */
  effects(minute: number): Effects;
  /** Whether the nightly pipeline that would start in `minute` runs. */
  nightlyRuns(minute: number): boolean;
  /** Minutes (after the start) in which somebody starts the nightly pipeline by hand. */
  readonly manualRuns: readonly number[];
  /** The alert that must fire, and the value of its split label; `null`: none may. */
  readonly expects: { readonly alert: string; readonly key: string } | null;
  /** Minutes after the start at which the run ends, however quiet. */
  readonly length: number;
}

/** Resource logs usually take 3 to 10 minutes to arrive: https://learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time */
const USUAL_LOG_DELAY = 4;
const NORMAL: Effects = { rate: {}, latency: {}, logDelay: USUAL_LOG_DELAY };

const during = (from: number, to: number, minute: number): boolean => minute >= from && minute < to;

const BASE: Omit<Scenario, 'name' | 'about' | 'expects'> = {
  effects: () => NORMAL,
  nightlyRuns: () => true,
  manualRuns: [],
  startsAt: 7 * 60 + 15,
  length: 60,
};

const LIST: readonly Scenario[] = [
  {
    ...BASE,
    name: 'throttling-storm',
    about: 'ten minutes in which one deployment gets eight times its traffic and refuses most of it with 429',
    effects: (minute) => (during(2, 12, minute) ? { ...NORMAL, rate: { chat: 8 } } : NORMAL),
    expects: { alert: 'AzureOpenAIThrottled', key: 'chat' },
  },
  {
    ...BASE,
    name: 'traffic-stops',
    about: 'the application in front of one deployment goes silent for half an hour',
    effects: (minute) => (during(2, 30, minute) ? { ...NORMAL, rate: { 'chat-eu': 0 } } : NORMAL),
    expects: { alert: 'AzureOpenAITrafficStopped', key: 'chat-eu' },
  },
  {
    ...BASE,
    name: 'pipeline-missed',
    about: 'the nightly training does not start, and somebody starts it by hand hours later',
    nightlyRuns: (minute) => minute < -12 * 60,
    manualRuns: [60],
    expects: { alert: 'ScheduledPipelineDidNotRun', key: 'nightly-train' },
    startsAt: 5 * 60 + 45,
    length: 140,
  },
  {
    ...BASE,
    name: 'slow-model',
    about: 'one deployment answers eight times slower for twenty minutes',
    effects: (minute) => (during(2, 22, minute) ? { ...NORMAL, latency: { chat: 8 } } : NORMAL),
    expects: { alert: 'AzureOpenAIResponseSlow', key: 'chat' },
  },
  { ...BASE, name: 'quiet-day', about: 'nothing happens, and the digest says so', expects: null },
  {
    ...BASE,
    name: 'late-data',
    about: 'log records take 45 minutes to arrive while everything works: nothing may be called absent',
    effects: (minute) => (minute >= 0 ? { ...NORMAL, logDelay: 45 } : NORMAL),
    expects: null,
    startsAt: 6 * 60 + 30,
    length: 100,
  },
];

export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map(LIST.map((scenario) => [scenario.name, scenario]));

export function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.get(name);
  if (scenario === undefined) throw new TocsinError('TCN-L004', `${name}; there are ${[...SCENARIOS.keys()].join(', ')}`);
  return scenario;
}
