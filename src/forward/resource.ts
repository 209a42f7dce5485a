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
