import type { Labels } from './labels.ts';

/** One watched Azure resource as Azure Resource Manager describes it. */
export interface Target {
  /** The resource id, in lower case: Azure compares ids without case, and so do we. */
  readonly id: string;
  readonly name: string;
  /** `provider/type` in lower case, e.g. `microsoft.cognitiveservices/accounts`. */
  readonly type: string;
  /** ARM's `kind` (`OpenAI`, `AIServices`, …), empty where the type has none. */
  readonly kind: string;
  /** Region in lower case without blanks, e.g. `swedencentral`. */
  readonly location: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly tags: Labels;
}

/** Which resources a rule watches. Every given field must match; within a field any one does. */
export interface TargetSelector {
  readonly type: string;
  readonly kinds?: readonly string[];
  readonly tags?: Labels;
  readonly resourceGroups?: readonly string[];
  readonly subscriptions?: readonly string[];
  readonly ids?: readonly string[];
}

/** What exists inside a target and is expected to speak: a deployment, an endpoint, a schedule. */
export interface Expected {
  readonly targetId: string;
  readonly labels: Labels;
}

const RESOURCE_ID = /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/([^/]+)\/(.+)$/i;

export interface ResourceParts {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly type: string;
  readonly name: string;
}

/** Alerts and records come in runs of one resource. */
let lastParsed: { readonly id: string; readonly parts: ResourceParts | null } = { id: '', parts: null };

/** The parts of a resource id; `null` when the text is not one (subscription-level ids have no group and are not targets). */
export function parseResourceId(id: string): ResourceParts | null {
  if (id !== lastParsed.id) lastParsed = { id, parts: partsOf(id) };
  return lastParsed.parts;
}

function partsOf(id: string): ResourceParts | null {
  const match = RESOURCE_ID.exec(id.replace(/^\/+/, '/'));
  if (match === null) return null;
  const [, subscriptionId = '', resourceGroup = '', provider = '', rest = ''] = match;
  const segments = rest.split('/');
  const types = segments.filter((_, index) => index % 2 === 0);
  const names = segments.filter((_, index) => index % 2 === 1);
  if (types.length !== names.length) return null;
  return {
    subscriptionId: subscriptionId.toLowerCase(),
    resourceGroup,
    type: `${provider}/${types.join('/')}`.toLowerCase(),
    name: names.join('/'),
  };
}

/** Type of the targets of rules about a whole subscription; there is one for each that is watched. */
export const SUBSCRIPTION_TYPE = 'microsoft.resources/subscriptions';
/** Type of the targets of heartbeat rules: jobs, named by the selector's ids. */
export const HEARTBEAT_TYPE = 'tocsin/heartbeats';

/** Targets that exist by being watched; `null` for a selector of resources, which only Azure Resource Manager knows. */
export function ownTargets(selector: TargetSelector, subscriptions: readonly string[]): readonly Target[] | null {
  const type = selector.type.toLowerCase();
  if (type === HEARTBEAT_TYPE) return (selector.ids ?? []).map((id) => ownTarget(type, id, ''));
  if (type !== SUBSCRIPTION_TYPE) return null;
  return (subscriptionsOf(selector) ?? subscriptions).map((id) => ownTarget(type, `/subscriptions/${id.toLowerCase()}`, id));
}

export function heartbeatTarget(job: string): string {
  return `/heartbeats/${job}`;
}

function ownTarget(type: string, id: string, subscriptionId: string): Target {
  const name = id.slice(id.lastIndexOf('/') + 1);
  return {
    id,
    name,
    type,
    kind: '',
    location: 'global',
    subscriptionId: subscriptionId.toLowerCase(),
    resourceGroup: '',
    tags: {},
  };
}

/**
 * Whether a selector names the target. Every given field must match; of a list any one entry does, of tags every one must.
 * Azure compares ids, types, kinds, group names and tag names without case, and so do we; tag values are compared exactly.
 */
export function matches(selector: TargetSelector, target: Target): boolean {
  return same(selector.type, target.type) && matchesFields(selector, target);
}

/** The same without the type, for what is said of a rule's own targets. */
export function matchesFields(selector: Omit<TargetSelector, 'type'>, target: Target): boolean {
  return (
    anyOf(selector.kinds, target.kind) &&
    anyOf(selector.resourceGroups, target.resourceGroup) &&
    anyOf(selector.subscriptions, target.subscriptionId) &&
    (selector.ids === undefined || selector.ids.some((id) => normalizeId(id) === normalizeId(target.id))) &&
    carries(target, selector.tags ?? {})
  );
}

/** A resource id as it is compared: lower case, one leading slash, none at the end. */
export function normalizeId(id: string): string {
  return `/${id.trim().replace(/^\/+|\/+$/g, '')}`.toLowerCase();
}

/** The subscriptions that a selector by ids or subscriptions speaks of; `null` when it speaks of all. */
export function subscriptionsOf(selector: TargetSelector): readonly string[] | null {
  if (selector.ids !== undefined) return [...new Set(selector.ids.flatMap((id) => parseResourceId(id)?.subscriptionId ?? []))];
  return selector.subscriptions?.map((id) => id.toLowerCase()) ?? null;
}

function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function anyOf(accepted: readonly string[] | undefined, actual: string): boolean {
  return accepted === undefined || accepted.some((one) => same(one, actual));
}

function carries(target: Target, tags: Labels): boolean {
  const actual = new Map(Object.entries(target.tags).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.entries(tags).every(([name, value]) => actual.get(name.toLowerCase()) === value);
}
