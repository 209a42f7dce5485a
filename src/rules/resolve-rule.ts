import { formatDuration, MINUTE, parseDuration } from '../model/duration.ts';
import type { ResponsePlan, Rule, Severity, Signal } from '../model/rule.ts';
import { usualDelay } from './delays.ts';
import { resolveCondition, type ValueUnit } from './resolve-condition.ts';
import { type BindQuery, resolveLog, tableOf } from './resolve-log.ts';
import { grainOf, resolveMetric } from './resolve-metric.ts';
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
  if ((raw.metric === undefined) === (raw.log === undefined)) {
    const both = raw.metric !== undefined;
    if (both) scope.report('TCN-R009', ['log'], 'a rule has either `metric` or `log`, not both', { key: true });
    else scope.report('TCN-R002', [], 'the rule watches nothing', { hint: 'add `metric:` or `log:`' });
    return null;
  }
  const on = resolveTarget(raw.on ?? defaults.on, raw.log === undefined ? null : tableOf(raw.log), targets, scope);
  const log = raw.log === undefined ? null : resolveLog(raw.log, bind, raw.failing !== undefined, scope);
  const metric = raw.metric === undefined || on === null ? null : resolveMetric(raw.metric, on, scope);
  const by = raw.metric?.by ?? raw.log?.by ?? [];
  const unit: ValueUnit =
    metric?.percent === true ? 'percent' : raw.metric !== undefined && raw.metric.over === undefined ? 'number' : 'ratio';
  if (raw.metric !== undefined && metric === null) return null;
  const condition = resolveCondition(raw, unit, by, scope);
  const every = milliseconds(raw.every ?? defaults.every, MINUTE);
  const window = condition?.kind === 'absent' ? condition.for : milliseconds(raw.window, DEFAULT_WINDOW);
  const failing = failingOf(raw.failing);
  checkTimes(raw, { every, window, failing }, scope);
  checkPlaceholders(raw, [...by, ...Object.keys({ ...defaults.labels, ...raw.labels })], scope);
  if (on === null || condition === null || scope.failed()) return null;
  const signal: Signal | null =
    metric !== null ? { ...metric.signal, grain: grainOf(window, every, failing?.m ?? 1) } : (log?.signal ?? null);
  if (signal === null) return null;
  return {
    id,
    disposition: 'alert' in raw ? 'alert' : 'report',
    on,
    signal,
    condition,
    window,
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
    categories: log?.categories ?? [],
    source: { file: scope.source.file, line: scope.source.valueAt(scope.path).line },
  };
}

function checkTimes(
  raw: RawRule,
  { every, window, failing }: { readonly every: number; readonly window: number; readonly failing: Rule['failing'] },
  scope: Scope,
): void {
  const windowKey = raw.absent === undefined ? ['window'] : ['absent', 'for'];
  if (every < MINUTE) scope.report('TCN-R007', ['every'], '`every` is at least 1m: that is how often the timer ticks');
  if (window <= 0) scope.report('TCN-R007', windowKey, 'the window must be longer than nothing');
  if (raw.metric !== undefined) {
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
  if (raw.absent !== undefined) return `${id}: ${who === '' ? 'nothing' : `no sign of ${who}`} for ${raw.absent.for}`;
  return `${id}: ${who === '' ? '' : `${who} `}is at {{value}} (${raw.when})`;
}

/** The schema has already refused what is not a duration. */
function milliseconds(written: string | undefined, otherwise: number): number {
  return written === undefined ? otherwise : (parseDuration(written) ?? otherwise);
}
