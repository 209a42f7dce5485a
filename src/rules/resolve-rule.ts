import { ACTIVITY_FIELDS } from '../model/activity.ts';
import { DAY, formatDuration, HOUR, MINUTE, parseDuration } from '../model/duration.ts';
import {
  type Condition,
  type MetricSignal,
  RELATIVE_WINDOWS,
  type ResponsePlan,
  type Rule,
  type Severity,
  type Signal,
  type ValueUnit,
} from '../model/rule.ts';
import type { TargetSelector } from '../model/target.ts';
import { ACTIVITY_LOG_DELAY, usualDelay } from './delays.ts';
import { activityBy, resolveActivity } from './resolve-activity.ts';
import { allOf, resolveAll } from './resolve-all.ts';
import { conditionKind, resolveCondition } from './resolve-condition.ts';
import { resolveForecast } from './resolve-forecast.ts';
import { HEARTBEAT_LABEL, resolveHeartbeat } from './resolve-heartbeat.ts';
import { costBy, inventoryBy, resolveCost, resolveInventory } from './resolve-inventory.ts';
import { type BindQuery, resolveLog, tableOf } from './resolve-log.ts';
import { coarsestGrain, grainDividing, grainOf, resolveMetric } from './resolve-metric.ts';
import { resolveOverrides } from './resolve-override.ts';
import { resolveStream } from './resolve-stream.ts';
import { resolveTarget, type TargetSets } from './resolve-target.ts';
import { FAILING, type RawDefaults, type RawRule } from './schema.ts';
import type { Scope } from './scope.ts';

/** What the rest of a file says about its rules. */
export interface FileContext {
  readonly defaults: RawDefaults;
  readonly targets: TargetSets;
  readonly bind: BindQuery | null;
}

/** The activity log is read for a whole subscription; more often gains little. */
const ACTIVITY_EVERY = 5 * MINUTE;
const DEFAULT_WINDOW = 5 * MINUTE;
const DEFAULT_SEVERITY = 2;

/** What a rule can look at; exactly one. */
const SIGNALS = ['metric', 'log', 'stream', 'all', 'activity', 'heartbeat', 'inventory', 'cost'] as const;
type SignalKey = (typeof SIGNALS)[number];

/** A rule whose form is right, checked in meaning and completed with defaults; `null` after diagnostics in the scope. */
export function resolveRule(raw: RawRule, context: FileContext, scope: Scope): Rule | null {
  const { defaults } = context;
  const given = SIGNALS.filter((key) => raw[key] !== undefined);
  const [key, second] = given;
  if (second !== undefined) {
    scope.report('TCN-R009', [second], `a rule has either \`${key}\` or \`${second}\`, not both`, { key: true });
    return null;
  }
  if (key === undefined) {
    scope.report('TCN-R002', [], 'the rule watches nothing', { hint: 'add `metric:` or `log:`' });
    return null;
  }
  const by = byOf(raw);
  const what = resolveWhat(key, raw, context, by, scope);
  const { window = 0, failing = null } = what ?? {};
  checkPlaceholders(raw, [...by, ...Object.keys({ ...defaults.labels, ...raw.labels })], scope);
  const overrides = what === null ? [] : resolveOverrides(raw, what, scope);
  if (what === null || scope.failed()) return null;
  return {
    id: 'alert' in raw ? raw.alert : raw.report,
    disposition: 'alert' in raw ? 'alert' : 'report',
    on: what.on,
    signal: what.signal,
    condition: what.condition,
    window,
    every: what.every,
    for: milliseconds(raw.for, 0),
    failing,
    keepFiringFor: milliseconds(raw.keepFiringFor, what.keepFiringFor ?? milliseconds(defaults.keepFiringFor, 0)),
    floor: raw.floor ?? 0,
    noData: raw.noData ?? defaults.noData ?? 'keep',
    onError: raw.onError ?? defaults.onError ?? 'keep',
    delay: what.delay ?? delayOf(raw.delay ?? defaults.delay ?? 'auto', what.signal),
    severity: (raw.severity ?? defaults.severity ?? DEFAULT_SEVERITY) as Severity,
    labels: { ...defaults.labels, ...raw.labels },
    summary: raw.summary ?? defaultSummary('alert' in raw ? raw.alert : raw.report, raw, by),
    respond: 'respond' in raw ? responseOf(raw.respond) : null,
    categories: what.categories ?? [],
    ...(raw.limit === undefined ? {} : { limit: raw.limit }),
    ...(overrides.length === 0 ? {} : { overrides }),
    ...(raw.thresholdTag === undefined ? {} : { thresholdTag: { name: raw.thresholdTag, unit: tagUnit(what) } }),
    source: { file: scope.source.file, line: scope.source.valueAt(scope.path).line },
  };
}

/** What differs by the kind of signal and of condition. */
interface What extends Pick<Rule, 'on' | 'signal' | 'condition' | 'window' | 'every'> {
  readonly unit: ValueUnit;
  readonly failing?: Rule['failing'];
  /** Default of `keepFiringFor` that stands over that of the file. */
  readonly keepFiringFor?: number;
  /** Where the kind decides. */
  readonly delay?: number;
  readonly categories?: readonly string[];
}

/** A share of a capacity is written in percent, whatever the value's own unit. */
function tagUnit({ condition, unit }: What): ValueUnit {
  return condition.kind === 'threshold' && condition.when.of !== undefined ? 'ratio' : unit;
}

function resolveWhat(key: SignalKey, raw: RawRule, context: FileContext, by: readonly string[], scope: Scope): What | null {
  if (raw.heartbeat !== undefined) return resolveJob(raw, raw.heartbeat, scope);
  if (raw.activity !== undefined) return resolveEvents(raw, raw.activity, context, by, scope);
  const { defaults, targets, bind } = context;
  const on = resolveTarget(raw.on ?? defaults.on, raw.log === undefined ? null : tableOf(raw.log), targets, scope);
  if (raw.all !== undefined) return on === null ? null : resolveSeveral(raw, raw.all, on, defaults, scope);
  const log = raw.log === undefined ? null : resolveLog(raw.log, bind, inParts(raw), scope);
  const stream = raw.stream === undefined ? null : resolveStream(raw.stream, scope);
  const metric = raw.metric === undefined || on === null ? null : resolveMetric(raw.metric, on, scope);
  if (raw.metric !== undefined && metric === null) return null;
  const unit = unitOf(raw, metric?.percent === true);
  const forecast = raw.forecast === undefined ? null : resolveForecast(raw, raw.forecast, unit, scope);
  if (raw.forecast !== undefined && forecast === null) return null;
  if (key === 'inventory' || key === 'cost') needsValue(key, raw, scope);
  if (forecast === null && conditionKind(raw, scope) === null) return null;
  const condition = forecast?.condition ?? resolveCondition(raw, unit, by, scope);
  const slow = key === 'inventory' || key === 'cost' || forecast !== null;
  const every = slow ? milliseconds(raw.every, HOUR) : milliseconds(raw.every ?? defaults.every, everyOf(raw, condition));
  const written = key === 'inventory' ? every : milliseconds(raw.window, key === 'cost' ? DAY : DEFAULT_WINDOW);
  const window = forecast?.window ?? windowOf(condition, written);
  const failing = failingOf(raw.failing);
  checkTimes(raw, { every, window, failing }, scope);
  if (on === null || condition === null || scope.failed()) return null;
  const grain =
    forecast === null
      ? commonGrain(condition, window, every, condition.kind === 'anomaly' ? 1 : (failing?.m ?? 1))
      : coarsestGrain(forecast.condition.step, every);
  const signal = signalOf(raw, { on, grain, metric: metric?.signal ?? null, counted: log?.signal ?? stream }, scope);
  if (signal === null) return null;
  const delay = key === 'inventory' ? { delay: 0 } : {};
  const read = condition.kind === 'threshold' && condition.relativeTo !== undefined ? RELATIVE_WINDOWS * window : window;
  return {
    on,
    signal,
    condition,
    window: read,
    every,
    failing,
    unit,
    categories: log?.categories ?? stream?.categories ?? [],
    ...delay,
  };
}

/** Whether the rule tells parts of its window apart, for which rows must carry a time. */
function inParts({ failing, burnRate, relativeTo, anomaly }: RawRule): boolean {
  return (failing !== undefined && anomaly === undefined) || burnRate !== undefined || relativeTo !== undefined;
}

/** Slow windows need not be looked at every minute, nor hours of logs. */
function everyOf(raw: RawRule, condition: Condition | null): number {
  if (condition?.kind === 'anomaly') return milliseconds(raw.window, DEFAULT_WINDOW);
  if (condition?.kind !== 'burnRate') return MINUTE;
  const shortest = Math.min(...condition.pairs.map(({ short }) => short));
  if (shortest >= HOUR) return 15 * MINUTE;
  return raw.log === undefined ? MINUTE : 5 * MINUTE;
}

function windowOf(condition: Condition | null, written: number): number {
  if (condition?.kind === 'absent') return condition.for;
  return condition?.kind === 'burnRate' ? Math.max(...condition.pairs.map((pair) => pair.long + pair.for)) : written;
}

function commonGrain(condition: Condition, window: number, every: number, parts: number): number {
  if (condition.kind !== 'burnRate') return grainOf(window, every, parts);
  return grainDividing([every, ...condition.pairs.flatMap(({ long, short }) => [long, short])]);
}

function resolveSeveral(
  raw: RawRule,
  all: NonNullable<RawRule['all']>,
  on: TargetSelector,
  defaults: RawDefaults,
  scope: Scope,
): What | null {
  if (raw.forecast !== undefined) scope.report('TCN-R009', ['forecast'], '`forecast` does not go with `all`', { key: true });
  const every = milliseconds(raw.every ?? defaults.every, MINUTE);
  const window = milliseconds(raw.window, DEFAULT_WINDOW);
  checkTimes(raw, { every, window, failing: null }, scope);
  const parts = conditionKind(raw, scope) === null ? null : resolveAll(raw, all, on, scope);
  const [first] = parts ?? [];
  if (parts === null || first === undefined) return null;
  const grain = grainOf(window, every, 1);
  return { on, signal: { ...first.signal, grain }, condition: allOf(parts, grain), window, every, unit: 'number' };
}

interface Found {
  readonly on: TargetSelector;
  readonly grain: number;
  readonly metric: Omit<MetricSignal, 'grain'> | null;
  /** Of `log` and `stream`. */
  readonly counted: Signal | null;
}

function signalOf(raw: RawRule, { on, grain, metric, counted }: Found, scope: Scope): Signal | null {
  if (raw.inventory !== undefined) return resolveInventory(raw.inventory, on, scope);
  if (raw.cost !== undefined) return resolveCost(raw.cost, on, grain, scope);
  return metric !== null ? { ...metric, grain } : counted;
}

function resolveJob(raw: RawRule, heartbeat: NonNullable<RawRule['heartbeat']>, scope: Scope): What | null {
  const found = resolveHeartbeat(raw, heartbeat, scope);
  const every = milliseconds(raw.every, MINUTE);
  checkTimes(raw, { every, window: every, failing: null }, scope);
  return found === null ? null : { ...found, window: every, every, delay: 0, unit: 'number' };
}

function resolveEvents(
  raw: RawRule,
  activity: NonNullable<RawRule['activity']>,
  { defaults, targets }: FileContext,
  by: readonly string[],
  scope: Scope,
): What | null {
  const on = raw.on ?? defaults.on;
  const within = on === undefined ? null : resolveTarget(on, null, targets, scope);
  const delay = parseDuration(raw.delay ?? 'auto') ?? ACTIVITY_LOG_DELAY;
  const found = resolveActivity(raw, activity, within, delay, scope);
  const every = milliseconds(raw.every, ACTIVITY_EVERY);
  if (found === null) return null;
  const other = (['absent', 'forecast', 'burnRate', 'changed', 'relativeTo', 'anomaly'] as const).find(
    (each) => raw[each] !== undefined,
  );
  if (other !== undefined) {
    scope.report('TCN-R009', [other], `\`${other}\` does not go with \`activity\``, { key: true });
    return null;
  }
  const { signal, on: subscriptions, condition: each, keepFiringFor } = found;
  if (raw.when === undefined) {
    checkTimes(raw, { every, window: every, failing: null }, scope);
    return { on: subscriptions, signal, condition: each, window: every, every, delay: 0, keepFiringFor, unit: 'number' };
  }
  const condition = resolveCondition(raw, 'number', by, scope);
  const window = milliseconds(raw.window, HOUR);
  const failing = failingOf(raw.failing);
  checkTimes(raw, { every, window, failing }, scope);
  return condition === null ? null : { on: subscriptions, signal, condition, window, every, failing, delay, unit: 'number' };
}

function needsValue(key: 'inventory' | 'cost', raw: RawRule, scope: Scope): void {
  for (const other of ['absent', 'changed', 'relativeTo', 'burnRate', 'anomaly'] as const) {
    if (raw[other] !== undefined) scope.report('TCN-R009', [other], `\`${other}\` does not go with \`${key}\``, { key: true });
  }
  if (key === 'cost') return;
  for (const other of ['forecast', 'window', 'failing', 'delay'] as const) {
    if (raw[other] === undefined) continue;
    const hint = other === 'forecast' ? 'Azure Resource Manager has no history of it' : 'remove it';
    scope.report('TCN-R009', [other], `\`${other}\` does not go with \`inventory\``, { key: true, hint });
  }
}

/** The labels that make one series each. */
function byOf({ metric, log, stream, all, activity, heartbeat, inventory, cost }: RawRule): readonly string[] {
  if (activity !== undefined) return activityBy(activity);
  if (heartbeat !== undefined) return [HEARTBEAT_LABEL];
  if (inventory !== undefined) return inventoryBy(inventory);
  return cost === undefined ? (metric?.by ?? log?.by ?? stream?.by ?? all?.[0]?.metric.by ?? []) : costBy(cost);
}

function unitOf({ metric, stream, inventory, cost }: RawRule, percent: boolean): ValueUnit {
  if (percent) return 'percent';
  if (inventory !== undefined) return inventory.value === 'quotaUsed' ? 'ratio' : 'number';
  if (stream !== undefined) return stream.over === undefined ? 'number' : 'ratio';
  if (cost !== undefined || (metric !== undefined && metric.over === undefined)) return 'number';
  return 'ratio';
}

function checkTimes(
  raw: RawRule,
  { every, window, failing }: { readonly every: number; readonly window: number; readonly failing: Rule['failing'] },
  scope: Scope,
): void {
  const windowKey = raw.absent === undefined ? ['window'] : ['absent', 'for'];
  if (every < MINUTE) scope.report('TCN-R007', ['every'], '`every` is at least 1m: that is how often the timer ticks');
  if (window <= 0) scope.report('TCN-R007', windowKey, 'the window must be longer than nothing');
  if (raw.stream !== undefined && (every % MINUTE !== 0 || window % MINUTE !== 0)) {
    const path = every % MINUTE !== 0 ? ['every'] : windowKey;
    scope.report('TCN-R007', path, 'the times of a stream rule are in whole minutes: records are counted by minute', {
      hint: 'for example `5m`',
    });
  }
  if (raw.metric !== undefined || raw.all !== undefined || raw.cost !== undefined) {
    if (every % MINUTE !== 0)
      scope.report('TCN-R007', ['every'], '`every` of a metric rule is in whole minutes: metrics have no finer grain', {
        hint: 'for example `1m`, `2m` or `5m`',
      });
    if (window % MINUTE !== 0)
      scope.report('TCN-R007', windowKey, 'the window of a metric rule is in whole minutes', { hint: 'for example `5m`' });
  }
  if (failing === null) return;
  if (failing.n < 1 || failing.n > failing.m) {
    scope.report('TCN-R009', ['failing'], `\`${raw.failing}\` can never be or always is met`, { hint: 'n of m with 1 ≤ n ≤ m' });
  } else if (raw.anomaly === undefined && window % (failing.m * MINUTE) !== 0) {
    const message = `a window of ${formatDuration(window)} cannot be cut into ${failing.m} parts of whole minutes`;
    scope.report('TCN-R009', ['failing'], message, { hint: `for example \`window: ${failing.m}m\`` });
  }
  if (raw.for !== undefined) {
    scope.report('TCN-R009', ['for'], '`for` and `failing` both say how long a breach must last', { key: true });
  }
}

/** What texts may name besides labels; numbers take a filter. */
const NUMBERS = ['value', 'threshold', 'lower', 'upper', 'usual'];
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
  const details = detailsOf(raw);
  for (const { path, text } of texts) {
    for (const [whole, inside = ''] of text.matchAll(/\{\{(.*?)\}\}/g)) {
      const [subject = '', filter, ...rest] = inside.split('|').map((part) => part.trim());
      const number = NUMBERS.includes(subject) && (filter === undefined || FILTERS.includes(filter)) && rest.length === 0;
      const name = filter === undefined && (NAMES.includes(subject) || labels.some((label) => subject === `labels.${label}`));
      const detail = filter === undefined && details.some((known) => subject === `details.${known}`);
      if (number || name || detail) continue;
      const known = [
        ...NUMBERS,
        ...labels.map((label) => `labels.${label}`),
        ...details.map((each) => `details.${each}`),
        ...NAMES,
      ].map((each) => `{{${each}}}`);
      scope.report('TCN-R018', path, `${whole} stands for nothing`, {
        severity: 'warning',
        hint: `there are ${known.join(', ')}`,
      });
    }
  }
}

/** What evaluation knows of the rule's series beyond their labels. */
function detailsOf({ activity, heartbeat, inventory, forecast, when }: RawRule): readonly string[] {
  if (activity !== undefined) return when === undefined ? [...ACTIVITY_FIELDS, 'at'] : [];
  if (heartbeat !== undefined) return ['status', 'why', 'due', 'last', 'note'];
  if (forecast !== undefined) return ['reaches', 'earliest', 'latest', 'level', 'limit'];
  if (inventory === undefined) return [];
  return inventory.value.startsWith('quota') ? ['used', 'limit'] : ['retiresOn', 'lifecycle', 'sku'];
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
  if (raw.heartbeat !== undefined) return `${id}: {{labels.heartbeat}} is {{details.status}}: {{details.why}}`;
  if (raw.activity !== undefined && raw.when === undefined) return `${id}: ${who === '' ? 'an event' : who}`;
  if (raw.forecast !== undefined) return `${id}: ${who === '' ? 'it' : who} reaches {{details.limit}} about {{details.reaches}}`;
  if (raw.burnRate !== undefined) {
    return `${id}: ${who === '' ? 'the error budget' : `the error budget of ${who}`} burns {{value}} times as fast as ${raw.burnRate.slo} allows`;
  }
  if (raw.anomaly !== undefined) {
    return `${id}: ${who === '' ? '' : `${who} `}is at {{value}}, usual are {{lower}} to {{upper}}`;
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
