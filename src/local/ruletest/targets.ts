import type { Rule } from '../../model/rule.ts';
import { parseResourceId, type Target, type TargetSelector } from '../../model/target.ts';
import type { OfflineTarget } from '../offline/inventory.ts';
import type { RawTarget } from './schema.ts';

const SUBSCRIPTION = '00000000-0000-4000-8000-000000000001';
const GROUP = 'test';
const REGION = 'swedencentral';

/** The targets of a test by the names that it uses. Without any it has one, `target`, such as its rules watch. */
export function targetsOf(
  written: Readonly<Record<string, RawTarget>>,
  rules: readonly Rule[],
): ReadonlyMap<string, OfflineTarget> {
  const selector = selectorOf(rules[0]) ?? { type: 'Microsoft.CognitiveServices/accounts' };
  const named = Object.keys(written).length === 0 ? { target: {} } : written;
  return new Map(Object.entries(named).map(([name, raw]) => [name, targetOf(name, raw, selector)]));
}

/** Resources that the rule speaks of: of events those that they must be of. */
function selectorOf(rule: Rule | undefined): TargetSelector | null {
  if (rule?.signal.kind === 'activity') return rule.signal.scope;
  return rule === undefined || rule.signal.kind === 'heartbeat' ? null : rule.on;
}

/** What is not given is taken from the rule's selector, so that the rule watches it. */
function targetOf(name: string, raw: RawTarget, selector: TargetSelector): OfflineTarget {
  const type = raw.type ?? selector.type;
  const subscription = raw.subscription ?? selector.subscriptions?.[0] ?? SUBSCRIPTION;
  const group = raw.resourceGroup ?? selector.resourceGroups?.[0] ?? GROUP;
  const given = raw.id ?? (Object.keys(raw).length === 0 ? selector.ids?.[0] : undefined);
  const id = (given ?? idOf(subscription, group, type, name)).replace(/^\/*/, '/').toLowerCase();
  const parts = parseResourceId(id);
  const target: Target = {
    id,
    name: parts?.name ?? name,
    type: (parts?.type ?? type).toLowerCase(),
    kind: raw.kind ?? selector.kinds?.[0] ?? '',
    location: (raw.region ?? REGION).toLowerCase().replaceAll(' ', ''),
    subscriptionId: parts?.subscriptionId ?? subscription.toLowerCase(),
    resourceGroup: parts?.resourceGroup ?? group,
    tags: raw.tags ?? selector.tags ?? {},
  };
  return { target, contains: [...(raw.contains ?? []), ...(raw.deployments ?? []).map(({ labels }) => labels)] };
}

/** `…/workspaces/parent/onlineendpoints/east` for a type within another. */
function idOf(subscription: string, group: string, type: string, name: string): string {
  const [provider = '', ...types] = type.split('/');
  const path = types.map((segment, index) => `${segment}/${index === types.length - 1 ? name : 'parent'}`).join('/');
  return `/subscriptions/${subscription}/resourcegroups/${group}/providers/${provider}/${path}`;
}
