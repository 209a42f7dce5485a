import type { Aggregation } from '../model/rule.ts';
import { CATEGORY_ROWS, METRIC_ROWS, TABLE_COLUMNS } from './catalogue.generated.ts';
import { GATEWAY_CATEGORY_ROWS, GATEWAY_METRIC_ROWS, GATEWAY_TABLE_COLUMNS } from './catalogue-gateway.ts';

/*
 * What Azure Monitor documents of the watched services. Used where rules are checked, by the local stand-in and by tests; the deployed
 * app never needs it, because compiled rules carry what they depend on.
 */

export type MetricStatus = 'current' | 'preview' | 'deprecated' | 'removed' | 'page-only';

/** One platform metric as the reference describes it. `exported`: a diagnostic setting can route it (without its dimensions). */
export interface MetricFacts {
  readonly name: string;
  /** As the portal shows it. */
  readonly displayName: string;
  readonly unit: string;
  readonly aggregations: readonly Aggregation[];
  readonly dimensions: readonly string[];
  readonly exported: boolean;
  readonly status: MetricStatus;
  readonly supersededBy: string | null;
  readonly notForAzureOpenAI: boolean;
}

export interface LogCategory {
  readonly resourceType: string;
  readonly category: string;
  readonly table: string | null;
}

export interface Column {
  readonly name: string;
  readonly type: string;
}

const NAMESPACES = new Map(
  Object.entries({ ...METRIC_ROWS, ...GATEWAY_METRIC_ROWS }).map(([type, rows]) => [
    type.toLowerCase(),
    { type, metrics: new Map(rows.map(parseMetric).map((facts) => [facts.name, facts])) },
  ]),
);

/** Every documented log category and the table that it fills. */
export const LOG_CATEGORIES: readonly LogCategory[] = [...CATEGORY_ROWS, ...GATEWAY_CATEGORY_ROWS].map((row) => {
  const [resourceType = '', category = '', table = ''] = row.split('|');
  return { resourceType, category, table: table === '' ? null : table };
});

const TABLES: ReadonlyMap<string, readonly Column[]> = new Map(
  Object.entries({ ...TABLE_COLUMNS, ...GATEWAY_TABLE_COLUMNS }).map(([table, columns]) => [
    table,
    columns.split(', ').map((pair) => {
      const [name = '', type = ''] = pair.split(':');
      return { name, type };
    }),
  ]),
);

/** Resource types with documented metrics, as Azure spells them. */
export function metricNamespaces(): readonly string[] {
  return [...NAMESPACES.values()].map(({ type }) => type);
}

/** Azure's spelling of a resource type, compared without case; `null` for one without documented metrics. */
export function namespaceOf(type: string): string | null {
  return NAMESPACES.get(type.toLowerCase())?.type ?? null;
}

/** Facts of every metric of a resource type (any case); empty for an unknown type. */
export function metricsOf(type: string): readonly MetricFacts[] {
  return [...(NAMESPACES.get(type.toLowerCase())?.metrics.values() ?? [])];
}

/** Facts of one metric, by its exact name. */
export function metricFacts(type: string, name: string): MetricFacts | null {
  return NAMESPACES.get(type.toLowerCase())?.metrics.get(name) ?? null;
}

/** Names of the documented Log Analytics tables. */
export function tableNames(): readonly string[] {
  return [...TABLES.keys()];
}

/** Columns of a documented table; `null` for another. AzureDiagnostics is a sample: it grows with what is sent to it. */
export function columnsOf(table: string): readonly Column[] | null {
  return TABLES.get(table) ?? null;
}

function parseMetric(row: string): MetricFacts {
  const [name = '', unit = '', aggregations = '', dimensions = '', exported = '', status = '', supersededBy = '', ...rest] =
    row.split('|');
  const [marked = '', displayName = ''] = rest;
  return {
    name,
    displayName: displayName === '' ? name : displayName,
    unit,
    aggregations: split(aggregations) as readonly Aggregation[],
    dimensions: split(dimensions),
    exported: exported !== '',
    status: status as MetricStatus,
    supersededBy: supersededBy === '' ? null : supersededBy,
    notForAzureOpenAI: marked !== '',
  };
}

function split(list: string): readonly string[] {
  return list === '' ? [] : list.split(',');
}
