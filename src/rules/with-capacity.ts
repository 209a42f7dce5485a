import { capacityOf, type Deployment } from '../model/deployment.ts';
import type { CapacityName, Rule } from '../model/rule.ts';
import type { Reading } from '../model/series.ts';

/** The capacity that the rule's condition speaks of, if any. */
export function capacityNamed({ condition }: Rule): CapacityName | null {
  if (condition.kind === 'threshold') return condition.when.of ?? null;
  return condition.kind === 'forecast' ? (condition.reach.of ?? null) : null;
}

/** The reading with every series' capacity beside it. `deployments` are those of its target. */
export function withCapacity(reading: Reading, name: CapacityName, deployments: readonly Deployment[]): Reading {
  if (reading.status !== 'ok') return reading;
  return {
    ...reading,
    series: reading.series.map((series) => ({
      ...series,
      facts: { kind: 'capacity', capacity: capacityOf(series.labels, deployments, name) },
    })),
  };
}
