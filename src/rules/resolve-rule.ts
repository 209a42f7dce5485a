import { formatDuration, HOUR, MINUTE, parseDuration } from '../model/duration.ts';
import {
  type Condition,
  type LogSignal,
  type MetricSignal,
  RELATIVE_WINDOWS,
  type ResponsePlan,
  type Rule,
  type Severity,
  type Signal,
  type ValueUnit,
} from '../model/rule.ts';
import type { TargetSelector } from '../model/target.ts';
import { usualDelay } from './delays.ts';
import { allOf, resolveAll, type UngrainedPart } from './resolve-all.ts';
import { conditionKind, resolveCondition } from './resolve-condition.ts';
import { type BindQuery, resolveLog, tableOf } from './resolve-log.ts';
import { grainDividing, grainOf, resolveMetric } from './resolve-metric.ts';
import { resolveOverrides } from './resolve-override.ts';
import { resolveTarget, type TargetSets } from './resolve-target.ts';
import { FAILING, type RawDefaults, type RawRule } from './schema.ts';
import type { Scope } from './scope.ts';

/** What the rest of a file says about its rules. */
export interface FileContext {
  readonly defaults: RawDefaults;
  readonly targets: TargetSets;
  readonly bind: BindQuery | null;
}

const DEFAULT_WINDOW = 5 * MINUTE;
const DEFAULT_SEVERITY = 2;

/** A rule whose form is right, checked in meaning and completed with defaults; `null` after diagnostics in the scope. */
export function resolveRule(raw: RawRule, { defaults, targets, bind }: FileContext, scope: Scope): Rule | null {
  const id = 'alert' in raw ? raw.alert : raw.report;
  if (signalKind(raw, scope) === null) return null;
  const on = resolveTarget(raw.on ?? defaults.on, raw.log === undefined ? null : tableOf(raw.log), targets, scope);
  const by = raw.metric?.by ?? raw.log?.by ?? raw.all?.[0]?.metric.by ?? [];
  const kind = conditionKind(raw, scope);
  const looks = on === null || kind === null ? null : looksOf(raw, on, by, bind, scope);
  const every = milliseconds(raw.every ?? defaults.every, everyOf(raw, looks?.condition ?? null));
  const window = windowOf(raw, looks?.condition ?? null);
  const failing = failingOf(raw.failing);
  checkTimes(raw, { every, window, failing }, scope);
  checkPlaceholders(raw, [...by, ...Object.keys({ ...defaults.labels, ...raw.labels })], scope);
  const overrides = looks === null ? [] : resolveOverrides(raw, looks, scope);
  if (on === null || looks === null || scope.failed()) return null;
  const grain = commonGrain(looks.condition, window, every, failing?.m ?? 1);
  const signal: Signal = looks.signal.kind === 'metric' ? { ...looks.signal, grain } : looks.signal;
  return {
    id,
    disposition: 'alert' in raw ? 'alert' : 'report',
    on,
    signal,
    condition: looks.parts === null ? looks.condition : allOf(looks.parts, grain),
    window: looks.condition.kind === 'threshold' && looks.condition.relativeTo !== undefined ? RELATIVE_WINDOWS * window : window,
    every,
    for: milliseconds(raw.for, 0),
    failing,
    keepFiringFor: milliseconds(raw.keepFiringFor ?? defaults.keepFiringFor, 0),
    floor: raw.floor ?? 0,
    noData: raw.noData ?? defaults.noData ?? 'keep',
    onError: raw.onError ?? defaults.onError ?? 'keep',
    delay: delayOf(raw.delay ?? defaults.delay ?? 'auto', signal),
    severity: (raw.severity ?? defaults.severity ?? DEFAULT_SEVERITY) as Severity,
    labels: { ...defaults.labels, ...raw.labels },
    summary: raw.summary ?? defaultSummary(id, raw, by),
    respond: 'respond' in raw ? responseOf(raw.respond) : null,
    categories: looks.categories,
    ...(raw.limit === undefined ? {} : { limit: raw.limit }),
    ...(overrides.length === 0 ? {} : { overrides }),
    ...(raw.thresholdTag === undefined ? {} : { thresholdTag: { name: raw.thresholdTag, unit: looks.unit } }),
    source: { file: scope.source.file, line: scope.source.valueAt(scope.path).line },
  };
}

/** What a rule looks at and when it fires, but for the grain of its metrics. */
interface Looks {
  readonly signal: Omit<MetricSignal, 'grain'> | LogSignal;
  readonly condition: Condition;
  /** Of a rule with several conditions. */
  readonly parts: readonly UngrainedPart[] | null;
  readonly unit: ValueUnit;
  readonly categories: readonly string[];
}

const SIGNALS = ['metric', 'log', 'all'] as const;

function signalKind(raw: RawRule, scope: Scope): (typeof SIGNALS)[number] | null {
  const [kind, other] = SIGNALS.filter((each) => raw[each] !== undefined);
  if (kind === undefined) scope.report('TCN-R002', [], 'the rule watches nothing', { hint: 'add `metric:` or `log:`' });
  else if (other === undefined) return kind;
  else scope.report('TCN-R009', [other], `a rule has either \`${kind}\` or \`${other}\`, not both`, { key: true });
  return null;
}

function looksOf(raw: RawRule, on: TargetSelector, by: readonly string[], bind: BindQuery | null, scope: Scope): Looks | null {
  if (raw.all !== undefined) {
    const parts = resolveAll(raw, raw.all, on, scope);
    const [first] = parts ?? [];
    if (parts === null || first === undefined) return null;
    return { signal: first.signal, condition: allOf(parts, MINUTE), parts, unit: 'number', categories: [] };
  }
  const log = raw.log === undefined ? null : resolveLog(raw.log, bind, inParts(raw), scope);
  const metric = raw.metric === undefined ? null : resolveMetric(raw.metric, on, scope);
  if (raw.metric !== undefined && metric === null) return null;
  const unit: ValueUnit =
    metric?.percent === true ? 'percent' : raw.metric !== undefined && raw.metric.over === undefined ? 'number' : 'ratio';
  const condition = resolveCondition(raw, unit, by, scope);
  const signal = metric?.signal ?? log?.signal;
  if (condition === null || signal === undefined) return null;
  return { signal, condition, parts: null, unit, categories: log?.categories ?? [] };
}

/** Whether the rule tells parts of its window apart, for which rows must carry a time. */
function inParts({ failing, burnRate, relativeTo }: RawRule): boolean {
  return failing !== undefined || burnRate !== undefined || relativeTo !== undefined;
}

/** Slow windows need not be looked at every minute, nor hours of logs. */
function everyOf(raw: RawRule, condition: Condition | null): number {
  if (condition?.kind !== 'burnRate') return MINUTE;
  const shortest = Math.min(...condition.pairs.map(({ short }) => short));
  if (shortest >= HOUR) return 15 * MINUTE;
  return raw.log === undefined ? MINUTE : 5 * MINUTE;
}

function windowOf(raw: RawRule, condition: Condition | null): number {
  if (condition?.kind === 'absent') return condition.for;
  if (condition?.kind === 'burnRate') return Math.max(...condition.pairs.map((pair) => pair.long + pair.for));
  return milliseconds(raw.window, DEFAULT_WINDOW);
}

function commonGrain(condition: Condition, window: number, every: number, parts: number): number {
  if (condition.kind !== 'burnRate') return grainOf(window, every, parts);
  return grainDividing([every, ...condition.pairs.flatMap(({ long, short }) => [long, short])]);
}

function checkTimes(
  raw: RawRule,
  { every, window, failing }: { readonly every: number; readonly window: number; readonly failing: Rule['failing'] },
  scope: Scope,
): void {
  const windowKey = raw.absent === undefined ? ['window'] : ['absent', 'for'];
  if (every < MINUTE) scope.report('TCN-R007', ['every'], '`every` is at least 1m: that is how often the timer ticks');
  if (window <= 0) scope.report('TCN-R007', windowKey, 'the window must be longer than nothing');
  if (raw.log === undefined) {
    if (every % MINUTE !== 0)
      scope.report('TCN-R007', ['every'], '`every` of a metric rule is in whole minutes: metrics have no finer grain');
    if (window % MINUTE !== 0) scope.report('TCN-R007', windowKey, 'the window of a metric rule is in whole minutes');
  }
  if (failing === null) return;
  if (failing.n < 1 || failing.n > failing.m) {
    scope.report('TCN-R009', ['failing'], `\`${raw.failing}\` can never be or always is met`, { hint: 'n of m with 1 ≤ n ≤ m' });
  } else if (window % (failing.m * MINUTE) !== 0) {
    const message = `a window of ${formatDuration(window)} cannot be cut into ${failing.m} parts of whole minutes`;
    scope.report('TCN-R009', ['failing'], message, { hint: `for example \`window: ${failing.m}m\`` });
  }
  if (raw.for !== undefined) {
    scope.report('TCN-R009', ['for'], '`for` and `failing` both say how long a breach must last', { key: true });
  }
}

/** What texts may name besides labels; numbers take a filter. */
const NUMBERS = ['value', 'threshold'];
const NAMES = ['target.name', 'target.id', 'rule', 'window'];
const FILTERS = ['percent', 'number'];

/** `{{labels.X}}` of texts must name a label that the rule's series have. */
function checkPlaceholders(raw: RawRule, labels: readonly string[], scope: Scope): void {
  const texts: readonly { readonly path: readonly (string | number)[]; readonly text: string }[] = [
    { path: ['summary'], text: raw.summary ?? '' },
    ...('respond' in raw
      ? [
          { path: ['respond', 'action'], text: raw.respond.action },
          ...(raw.respond.steps ?? []).map((text, index) => ({ path: ['respond', 'steps', index], text })),
        ]
      : []),
  ];
  for (const { path, text } of texts) {
    for (const [whole, inside = ''] of text.matchAll(/\{\{(.*?)\}\}/g)) {
      const [subject = '', filter, ...rest] = inside.split('|').map((part) => part.trim());
      const number = NUMBERS.includes(subject) && (filter === undefined || FILTERS.includes(filter)) && rest.length === 0;
      const name = filter === undefined && (NAMES.includes(subject) || labels.some((label) => subject === `labels.${label}`));
      if (number || name) continue;
      const known = [...NUMBERS, ...labels.map((label) => `labels.${label}`), ...NAMES].map((each) => `{{${each}}}`);
      scope.report('TCN-R018', path, `${whole} stands for nothing`, {
        severity: 'warning',
        hint: `there are ${known.join(', ')}`,
      });
    }
  }
}

function delayOf(written: string, signal: Signal): number {
  return parseDuration(written) ?? usualDelay(signal);
}

function failingOf(written: string | undefined): Rule['failing'] {
  const match = FAILING.exec(written ?? '');
  return match === null ? null : { n: Number(match[1]), m: Number(match[2]) };
}

function responseOf({ owner, within, action, runbook, steps }: Extract<RawRule, { respond: unknown }>['respond']): ResponsePlan {
  return { owner, within: milliseconds(within, 0), action, runbook: runbook ?? null, steps: steps ?? [] };
}

function defaultSummary(id: string, raw: RawRule, by: readonly string[]): string {
  const who = by.map((label) => `{{labels.${label}}}`).join(', ');
  if (raw.burnRate !== undefined) {
    return `${id}: ${who === '' ? 'the error budget' : `the error budget of ${who}`} burns {{value}} times as fast as ${raw.burnRate.slo} allows`;
  }
  if (raw.changed !== undefined) return `${id}: ${who} was not seen within ${raw.changed.within}`;
  if (raw.all !== undefined)
    return `${id}: ${who === '' ? '' : `${who}: `}${raw.all.map((part) => `${part.metric.name} ${part.when}`).join(' and ')}`;
  if (raw.relativeTo !== undefined)
    return `${id}: ${who === '' ? '' : `${who} `}is at {{value}} times the {{window}} before (${raw.when})`;
  if (raw.absent !== undefined) return `${id}: ${who === '' ? 'nothing' : `no sign of ${who}`} for ${raw.absent.for}`;
  return `${id}: ${who === '' ? '' : `${who} `}is at {{value}} (${raw.when})`;
}

/** The schema has already refused what is not a duration. */
function milliseconds(written: string | undefined, otherwise: number): number {
  return written === undefined ? otherwise : (parseDuration(written) ?? otherwise);
}
