import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MINUTE } from '../../../../src/model/duration.ts';
import type { Aggregation, Operator, Rule } from '../../../../src/model/rule.ts';
import { SHARED } from '../../../support/shared.ts';

/** One entry of the published baseline (Azure Monitor Baseline Alerts), as the catalogue holds it. */
interface Published {
  readonly resourceType: string;
  readonly name: string;
  readonly signal: string;
  readonly visible: boolean;
  readonly aggregation: string;
  readonly operator: string;
  readonly threshold: number;
  readonly window: string;
  readonly frequency: string;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  GreaterThan: '>',
  GreaterThanOrEqual: '>=',
  LessThan: '<',
  LessThanOrEqual: '<=',
};

/** The published rules of the estate's resource types, those that the baseline itself recommends (`visible`). */
export function publishedRules(): readonly Rule[] {
  const { amba } = JSON.parse(readFileSync(join(SHARED, 'catalog/amba.json'), 'utf8')) as { readonly amba: readonly Published[] };
  return amba.filter(({ visible }) => visible).map(ruleOf);
}

function ruleOf(entry: Published): Rule {
  const window = minutesOf(entry.window) * MINUTE;
  const aggregate = entry.aggregation.toLowerCase() as Aggregation;
  return {
    id: `AMBA ${entry.name}`,
    disposition: 'alert',
    on: { type: entry.resourceType.toLowerCase() } as Rule['on'],
    signal: {
      kind: 'metric',
      namespace: entry.resourceType,
      metric: { name: entry.signal, where: {}, aggregate },
      over: null,
      by: [],
      grain: MINUTE,
    },
    condition: {
      kind: 'threshold',
      when: { operator: OPERATORS[entry.operator] ?? '>', threshold: entry.threshold },
      clear: null,
    },
    window,
    every: minutesOf(entry.frequency) * MINUTE,
    for: 0,
    failing: null,
    keepFiringFor: 2 * MINUTE,
    floor: 0,
    noData: 'keep',
    onError: 'keep',
    delay: 3 * MINUTE,
    severity: 3,
    labels: {},
    summary: entry.name,
    respond: { owner: 'nobody', within: 60 * MINUTE, action: 'none is named', runbook: null, steps: [] },
    categories: [],
    source: { file: 'amba.json', line: 1 },
  };
}

function minutesOf(period: string): number {
  const match = /^PT(\d+)([MH])$/.exec(period);
  return match === null ? 5 : Number(match[1]) * (match[2] === 'H' ? 60 : 1);
}
