import type { CostSignal, InventorySignal, InventoryValue } from '../model/rule.ts';
import type { TargetSelector } from '../model/target.ts';
import type { RawCost, RawInventory } from './schema.ts';
import type { Scope } from './scope.ts';
import { adviceFor } from './suggest.ts';

const ACCOUNTS = 'Microsoft.CognitiveServices/accounts';

const MODEL_LABELS = ['ModelDeploymentName', 'ModelName', 'ModelVersion'];
const ENDPOINT_LABELS = ['Endpoint', 'Deployment'];
const QUOTA_LABELS = ['Quota', 'Region'];

/** What else each value can be split by. */
const MORE_LABELS = ['DeploymentName', 'Sku'];

function labelsOf(value: InventoryValue): readonly string[] {
  if (value === 'quotaUsed' || value === 'quotaLeft') return QUOTA_LABELS;
  return value === 'instances' ? ENDPOINT_LABELS : MODEL_LABELS;
}

export function inventoryBy({ value, by }: RawInventory): readonly string[] {
  return by ?? labelsOf(value);
}

/** Checks an inventory signal; `null` after a diagnostic. */
export function resolveInventory(inventory: RawInventory, on: TargetSelector, scope: Scope): InventorySignal | null {
  const by = inventoryBy(inventory);
  const labels = labelsOf(inventory.value);
  const known = labels === MODEL_LABELS ? [...labels, ...MORE_LABELS] : labels;
  checkLabels(by, known, 'inventory', scope);
  if (labels === MODEL_LABELS) needAccounts(on, `\`${inventory.value}\``, ['inventory', 'value'], scope);
  return scope.failed() ? null : { kind: 'inventory', value: inventory.value, by };
}

const COST_LABELS = ['ModelDeploymentName', 'ModelName', 'ModelVersion', 'Region'];

export function costBy({ by }: RawCost): readonly string[] {
  return by ?? ['ModelDeploymentName'];
}

/** Checks a cost signal; `null` after a diagnostic. */
export function resolveCost(cost: RawCost, on: TargetSelector, grain: number, scope: Scope): CostSignal | null {
  const by = costBy(cost);
  checkLabels(by, COST_LABELS, 'cost', scope);
  needAccounts(on, '`cost`', ['cost'], scope);
  return scope.failed() ? null : { kind: 'cost', namespace: ACCOUNTS, by, grain };
}

function checkLabels(by: readonly string[], known: readonly string[], key: 'inventory' | 'cost', scope: Scope): void {
  for (const [index, label] of by.entries()) {
    if (known.includes(label)) continue;
    scope.report('TCN-R014', [key, 'by', index], `it cannot be split by ${label}`, {
      hint: adviceFor(label, known, 'it can be split by'),
    });
  }
}

function needAccounts(on: TargetSelector, what: string, path: readonly string[], scope: Scope): void {
  if (on.type.toLowerCase() === ACCOUNTS.toLowerCase()) return;
  scope.report('TCN-R009', path, `${what} is known of ${ACCOUNTS} only, and the rule watches ${on.type}`, { key: true });
}
