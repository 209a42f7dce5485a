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

/** The parts of a resource id; `null` when the text is not one (subscription-level ids have no group and are not targets). */
export function parseResourceId(
  id: string,
): { subscriptionId: string; resourceGroup: string; type: string; name: string } | null {
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
