import type { BandPoint } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';

/** What a text of a rule may name. */
export interface TemplateScope {
  readonly rule: string;
  readonly target: { readonly id: string; readonly name: string };
  readonly labels: Labels;
  readonly details?: Labels;
  readonly value: number | null;
  readonly threshold: number | null;
  /** Of an anomaly: what is usual at the time, and between what values. */
  readonly band?: Pick<BandPoint, 'lower' | 'upper' | 'usual'> | null;
  /** The unit decides how `{{value}}` is written without a filter: a ratio as a percentage. */
  readonly unit: 'ratio' | 'number';
  /** That of the threshold, where it is another. */
  readonly thresholdUnit?: 'ratio' | 'number';
  /** In words, e.g. `5m`. */
  readonly window: string;
}

/** Labels come from data that anybody can write; one of them must not fill a message. */
const LONGEST_LABEL = 256;

/**
 * Fills in `{{labels.X}}`, `{{details.X}}`, `{{value}}`, `{{threshold}}`, `{{lower}}`, `{{upper}}`, `{{usual}}`, `{{target.name}}`, `{{target.id}}`, `{{rule}}` and `{{window}}`; numbers
 * take `| percent` or `| number`. A name that is not known stays visible as `?name?`: a text must never stop an alert. What is
 * filled in is not looked at again. `encode` is applied to every value, for texts that are links.
 */
export function renderTemplate(text: string, scope: TemplateScope, encode: (value: string) => string = (value) => value): string {
  return text.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (_, expression: string) => {
    const value = evaluate(expression, scope);
    return value === null ? `?${expression}?` : encode(value);
  });
}

function evaluate(expression: string, scope: TemplateScope): string | null {
  const [name = '', filter, ...rest] = expression.split('|').map((part) => part.trim());
  if (rest.length > 0) return null;
  if (name === 'value') return number(scope.value, filter, scope.unit);
  if (name === 'threshold') return number(scope.threshold, filter, scope.thresholdUnit ?? scope.unit);
  if (name === 'lower' || name === 'upper' || name === 'usual') return number(scope.band?.[name] ?? null, filter, scope.unit);
  if (filter !== undefined) return null;
  if (name.startsWith('labels.')) return named(scope.labels, name.slice('labels.'.length));
  if (name.startsWith('details.')) return named(scope.details ?? {}, name.slice('details.'.length)) ?? 'unknown';
  switch (name) {
    case 'target.name':
      return scope.target.name;
    case 'target.id':
      return scope.target.id;
    case 'rule':
      return scope.rule;
    case 'window':
      return scope.window;
    default:
      return null;
  }
}

function named(texts: Labels, name: string): string | null {
  return Object.hasOwn(texts, name) ? shorten(texts[name] ?? '') : null;
}

function number(value: number | null, filter: string | undefined, unit: 'ratio' | 'number'): string | null {
  if (filter !== undefined && filter !== 'percent' && filter !== 'number') return null;
  if (value === null) return 'no value';
  return filter === 'percent' || (filter === undefined && unit === 'ratio') ? formatPercent(value) : formatNumber(value);
}

/** At most four significant digits below 1000, whole above: `0.1235`, `42`, `1234567`. */
export function formatNumber(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
}

/** `0.1234` → `12.3%`. */
export function formatPercent(value: number): string {
  return `${Number((value * 100).toPrecision(3))}%`;
}

function shorten(text: string): string {
  return text.length <= LONGEST_LABEL ? text : `${text.slice(0, LONGEST_LABEL)}…`;
}
