import type { Labels } from './labels.ts';
import type { CapacityName } from './rule.ts';

/** One deployment inside a target, as Azure Resource Manager describes it. */
export interface Deployment {
  /** Under every name by which metrics and logs speak of it, e.g. `ModelDeploymentName` and `DeploymentName`. */
  readonly labels: Labels;
  /** Only what is known. */
  readonly capacity: Readonly<Partial<Record<CapacityName, number>>>;
  /** `GlobalStandard`, `ProvisionedManaged`, …; empty where there is none. */
  readonly sku: string;
  /** Epoch ms at which its model stops answering; `null` where no date is known. */
  readonly retiresAt: number | null;
  /** `GenerallyAvailable`, `Preview`, `Deprecating`, …; empty where it is not known. */
  readonly lifecycle: string;
}

/** A quota of a subscription in a region. */
export interface Quota {
  readonly name: string;
  readonly region: string;
  readonly used: number;
  readonly limit: number;
}

/** The deployments that a series covers: those that agree with it in every label that they have; compared without case. */
export function coveredBy(labels: Labels, deployments: readonly Deployment[]): readonly Deployment[] {
  const wanted = Object.entries(labels).map(([name, value]) => [name.toLowerCase(), value.toLowerCase()] as const);
  return deployments.filter((deployment) => {
    const own = new Map(Object.entries(deployment.labels).map(([name, value]) => [name.toLowerCase(), value.toLowerCase()]));
    return wanted.every(([name, value]) => !own.has(name) || own.get(name) === value);
  });
}

/**
 * The capacity of what a series covers: its deployment's, or the sum over several; `null` where none is known, or that of one of
 * them is not.
 */
export function capacityOf(labels: Labels, deployments: readonly Deployment[], name: CapacityName): number | null {
  const covered = coveredBy(labels, deployments);
  let sum = 0;
  for (const { capacity } of covered) {
    const one = capacity[name];
    if (one === undefined) return null;
    sum += one;
  }
  return sum > 0 ? sum : null;
}
