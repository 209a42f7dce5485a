import { DAY, HOUR, MINUTE } from '../model/duration.ts';
import type { Aggregation, MetricSignal, MetricTerm } from '../model/rule.ts';
import type { TargetSelector } from '../model/target.ts';
import { type MetricFacts, metricFacts, metricNamespaces, metricsOf, namespaceOf } from './catalogue.ts';
import type { Path } from './document.ts';
import { adviceOnName, insteadOfLegacy, isMisprintedDimension } from './metric-advice.ts';
import type { RawMetric, RawWhere } from './schema.ts';
import type { Scope } from './scope.ts';
import { adviceFor } from './suggest.ts';

/** A checked metric signal but for its grain, and whether Azure gives its value in percent. */
export interface ResolvedMetric {
  readonly signal: Omit<MetricSignal, 'grain'>;
  readonly percent: boolean;
}

/** Checks a metric against the catalogue: names, aggregations, dimensions. `null` after a diagnostic. */
export function resolveMetric(raw: RawMetric, on: TargetSelector, scope: Scope): ResolvedMetric | null {
  const namespace = namespaceOf(on.type);
  if (namespace === null) {
    const message = `\`${on.type}\` has no metrics that Tocsin knows, so \`${raw.name}\` cannot be checked`;
    scope.report('TCN-R010', ['metric', 'name'], message, { hint: adviceFor(on.type, metricNamespaces(), 'known types') });
    return null;
  }
  const by = raw.by ?? [];
  const facts = factsOf(namespace, raw.name, on, ['metric', 'name'], scope);
  if (facts === null) return null;
  const metric = termOf(facts, raw, by, ['metric'], scope);
  checkSplit(facts, by, ['metric', 'by'], scope);
  const over = raw.over === undefined ? null : overOf(namespace, facts, raw, on, scope);
  if (metric === null || scope.failed()) return null;
  return {
    signal: { kind: 'metric', namespace, metric, over, by },
    percent: over === null && facts.unit === 'Percent',
  };
}

function overOf(namespace: string, numerator: MetricFacts, raw: RawMetric, on: TargetSelector, scope: Scope): MetricTerm | null {
  const written = raw.over ?? {};
  const path = ['metric', 'over'];
  const facts = written.name === undefined ? numerator : factsOf(namespace, written.name, on, [...path, 'name'], scope);
  if (facts === null) return null;
  const wanted = written.aggregate ?? raw.aggregate;
  const inherited = wanted !== undefined && facts.aggregations.includes(wanted) ? { aggregate: wanted } : {};
  const by = raw.by ?? [];
  const term = termOf(facts, { ...inherited, ...written }, by, path, scope);
  for (const [index, dimension] of by.entries()) {
    if (numerator.dimensions.includes(dimension)) checkDimension(facts, dimension, ['metric', 'by', index], scope);
  }
  return term;
}

function factsOf(namespace: string, name: string, on: TargetSelector, path: Path, scope: Scope): MetricFacts | null {
  const facts = metricFacts(namespace, name);
  if (facts === null || facts.status === 'removed' || facts.status === 'page-only') {
    const removed = facts?.status === 'removed';
    const message = removed ? `Azure has removed the metric ${name}` : `${namespace} has no metric ${quoted(name)}`;
    scope.report('TCN-R010', path, message, { hint: removed ? null : (adviceOnName(namespace, name) ?? listed(namespace)) });
    return null;
  }
  const instead = facts.supersededBy === null ? null : `use \`${facts.supersededBy}\``;
  if (facts.status === 'deprecated')
    scope.report('TCN-R013', path, `${name} is deprecated`, { severity: 'warning', hint: instead });
  const openAI = on.kinds === undefined || on.kinds.some((kind) => kind.toLowerCase() === 'openai');
  if (facts.notForAzureOpenAI && openAI) {
    const message = `Azure's reference says not to use ${name} for Azure OpenAI accounts`;
    scope.report('TCN-R013', path, message, { severity: 'warning', hint: insteadOfLegacy(facts) });
  }
  return facts;
}

/** A name with blanks at its ends in quotes, or nobody would see what is wrong with it. */
function quoted(name: string): string {
  return name === name.trim() ? name : JSON.stringify(name);
}

function listed(namespace: string): string | null {
  const living = metricsOf(namespace).filter(({ status }) => status === 'current' || status === 'preview');
  return adviceFor(
    '',
    living.map(({ name }) => name),
    'metrics',
  );
}

function termOf(
  facts: MetricFacts,
  raw: { readonly where?: RawWhere | undefined; readonly aggregate?: Aggregation | undefined },
  by: readonly string[],
  path: Path,
  scope: Scope,
): MetricTerm | null {
  for (const dimension of Object.keys(raw.where ?? {}))
    checkDimension(facts, dimension, [...path, 'where', dimension], scope, true);
  const aggregate = aggregateOf(facts, raw.aggregate, path, scope);
  if (aggregate === null) return null;
  const where = Object.fromEntries(
    Object.entries(raw.where ?? {}).map(([dimension, values]) => [
      dimension,
      (Array.isArray(values) ? values : [values]).map(String),
    ]),
  );
  const counted = aggregate === 'average' && facts.aggregations.includes('count');
  const merged = Object.values(where).some((values) => values.length > 1) || Object.keys(where).some((name) => by.includes(name));
  if (aggregate === 'average' && !counted && merged) {
    const message = `averages of ${facts.name} over several values cannot be weighted: Azure does not count its samples`;
    scope.report('TCN-R009', [...path, 'where'], message, {
      severity: 'warning',
      hint: 'filter by one value, or use minimum or maximum',
    });
  }
  return { name: facts.name, where, aggregate, ...(counted ? { counted } : {}) };
}

function aggregateOf(facts: MetricFacts, wanted: Aggregation | undefined, path: Path, scope: Scope): Aggregation | null {
  const [only] = facts.aggregations;
  if (wanted === undefined) {
    if (facts.aggregations.length === 1 && only !== undefined) return only;
    scope.report('TCN-R011', path, `${facts.name} needs an \`aggregate\``, {
      key: true,
      hint: `one of ${facts.aggregations.join(', ')}`,
    });
    return null;
  }
  if (facts.aggregations.includes(wanted)) return wanted;
  const message = `${facts.name} does not offer the aggregation ${wanted}`;
  scope.report('TCN-R011', [...path, 'aggregate'], message, { hint: `it offers ${facts.aggregations.join(', ')}` });
  return null;
}

function checkSplit(facts: MetricFacts, by: readonly string[], path: Path, scope: Scope): void {
  for (const [index, dimension] of by.entries()) checkDimension(facts, dimension, [...path, index], scope);
}

function checkDimension(facts: MetricFacts, dimension: string, path: Path, scope: Scope, key = false): void {
  if (facts.dimensions.includes(dimension)) return;
  const none = facts.dimensions.length === 0;
  const message = `metric ${facts.name} has no dimension ${dimension}`;
  const misprinted = isMisprintedDimension(facts, dimension)
    ? `Microsoft's page lists it, the reference does not; it can be split by ${facts.dimensions.join(', ')}`
    : null;
  const hint = none
    ? 'it has no dimensions at all'
    : (misprinted ?? adviceFor(dimension, facts.dimensions, 'it can be split by'));
  scope.report('TCN-R014', path, message, { key, hint });
}

/** Grains that the metrics API offers. */
const GRAINS = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, 12 * HOUR, DAY];
const POINTS_WANTED = 60;

/** Milliseconds per point: the coarsest grain that divides both. */
export function coarsestGrain(step: number, every: number): number {
  return GRAINS.findLast((grain) => step % grain === 0 && every % grain === 0) ?? MINUTE;
}

/**
 * Milliseconds per point: the coarsest grain that divides the window, its parts and the steps between windows, and still leaves an
 * hour's window its minutes.
 */
export function grainOf(window: number, every: number, parts: number): number {
  const fits = (grain: number) => (window / parts) % grain === 0 && every % grain === 0 && window / grain >= POINTS_WANTED;
  return GRAINS.findLast(fits) ?? MINUTE;
}

/** The coarsest grain that divides every span, for metrics that are added up over several windows. */
export function grainDividing(spans: readonly number[]): number {
  return GRAINS.findLast((grain) => spans.every((span) => span % grain === 0)) ?? MINUTE;
}
