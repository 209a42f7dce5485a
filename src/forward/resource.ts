/** The parts of a resource id that telemetry is grouped and searched by; empty where the id has no such part. */
export interface ResourceParts {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** The provider in its documented spelling where it is one of ours, e.g. `Microsoft.CognitiveServices`. */
  readonly provider: string;
  /** `provider/type` in lower case, nested types joined by `/`. */
  readonly type: string;
  readonly name: string;
}

/** What Azure Resource Manager says of a resource beside its id; texts are empty where it says nothing. */
export interface ResourceFacts {
  /** Region in lower case without blanks. */
  readonly location: string;
  readonly kind: string;
  /** By name in lower case: Azure compares names of tags without case. */
  readonly tags: ReadonlyMap<string, string>;
}

/** What is known of a resource, by its id in any case, without asking anybody; `null`: nothing yet. */
export type FactsOf = (resourceId: string) => ResourceFacts | null;

export const NO_FACTS: FactsOf = () => null;

/** The tags that are wanted and that the resource has, each under the name as it is spelled in `wanted`. */
export function chosenTags(facts: ResourceFacts | null, wanted: readonly string[] = []): readonly (readonly [string, string])[] {
  if (facts === null) return [];
  return wanted.flatMap((name) => {
    const value = facts.tags.get(name.toLowerCase()) ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
}

const SPELLING: ReadonlyMap<string, string> = new Map(
  [
    'Microsoft.ApiManagement',
    'Microsoft.CognitiveServices',
    'Microsoft.EventHub',
    'Microsoft.Insights',
    'Microsoft.KeyVault',
    'Microsoft.MachineLearningServices',
    'Microsoft.Search',
    'Microsoft.Storage',
    'Microsoft.Web',
  ].map((provider) => [provider.toLowerCase(), provider]),
);

/** Reads a resource id of any case, also one of a subscription or a resource group alone. What is not an id has only empty parts. */
export function resourceParts(id: string): ResourceParts {
  const segments = id.split('/').filter((segment) => segment !== '');
  const after = (name: string): string => {
    const index = segments.findIndex((segment, at) => at % 2 === 0 && segment.toLowerCase() === name);
    return index < 0 ? '' : (segments[index + 1] ?? '');
  };
  const providers = segments.findLastIndex((segment) => segment.toLowerCase() === 'providers');
  const provider = providers < 0 ? '' : (segments[providers + 1] ?? '');
  const rest = providers < 0 ? [] : segments.slice(providers + 2);
  const types = rest.filter((_, index) => index % 2 === 0);
  return {
    subscriptionId: after('subscriptions').toLowerCase(),
    resourceGroup: after('resourcegroups'),
    provider: SPELLING.get(provider.toLowerCase()) ?? provider,
    type: provider === '' ? '' : [provider, ...types].join('/').toLowerCase(),
    name: rest.filter((_, index) => index % 2 === 1).join('/'),
  };
}
