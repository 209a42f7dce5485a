/*
 * What the Azure Monitor and Azure Resource Manager stand-in says exists. Plain data: the traffic generator makes one, tests make
 * small ones. Ids are written as Azure prints them (mixed case) and compared without case.
 */

interface Subscription {
  readonly id: string;
  readonly displayName: string;
}

/** A model deployed in a Cognitive Services account; `capacity` is in thousands of tokens a minute, or in PTUs for provisioned SKUs. */
export interface ModelDeployment {
  /** `{account id}/deployments/{name}` */
  readonly id: string;
  readonly name: string;
  readonly model: { readonly name: string; readonly version: string };
  /** `Standard`, `GlobalStandard`, `ProvisionedManaged`, … */
  readonly sku: string;
  readonly capacity: number;
  /** As ARM states them; absent: derived from the capacity. */
  readonly rateLimits?: readonly { readonly key: string; readonly count: number; readonly renewalPeriod: number }[];
  /** Epoch ms between which ARM lists it; absent: always. */
  readonly createdAt?: number;
  readonly deletedAt?: number;
}

export interface EndpointDeployment {
  /** `{endpoint id}/deployments/{name}` */
  readonly id: string;
  readonly name: string;
  readonly instanceType: string;
  readonly instanceCount: number;
}

/** A managed online endpoint of an Azure Machine Learning workspace. */
export interface OnlineEndpoint {
  /** `{workspace id}/onlineEndpoints/{name}` */
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Percent of the traffic per deployment name. */
  readonly traffic: Readonly<Record<string, number>>;
  readonly deployments: readonly EndpointDeployment[];
}

export interface EstateDiagnosticSetting {
  readonly name: string;
  readonly workspaceId: string | null;
  readonly eventHubAuthorizationRuleId: string | null;
  readonly eventHubName: string | null;
  readonly storageAccountId: string | null;
  /** Enabled categories. */
  readonly categories: readonly string[];
  /** Enabled category groups: `allLogs`, `audit`. */
  readonly categoryGroups: readonly string[];
  /** Whether `AllMetrics` is enabled. */
  readonly metrics: boolean;
}

export interface EstateResource {
  readonly id: string;
  readonly name: string;
  /** As ARM spells it, e.g. `Microsoft.CognitiveServices/accounts`. */
  readonly type: string;
  /** `OpenAI`, `AIServices`, `Default`, …; empty where the type has none. */
  readonly kind: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Model deployments of a Cognitive Services account. */
  readonly deployments: readonly ModelDeployment[];
  /** Online endpoints of a Machine Learning workspace; ARM lists them as resources of their own, too. */
  readonly onlineEndpoints: readonly OnlineEndpoint[];
  /** What is configured at the start; the stand-in changes its own copy. */
  readonly diagnosticSettings: readonly EstateDiagnosticSetting[];
}

/** A model that accounts may deploy. */
export interface EstateModel {
  readonly name: string;
  readonly version: string;
  readonly lifecycleStatus: string;
  /** ISO 8601: when it stops answering; absent: no date is known. */
  readonly retiresAt?: string;
}

/** A quota of a subscription in a region, as the usages of a resource provider list it. */
export interface EstateUsage {
  readonly provider: string;
  readonly location: string;
  readonly name: string;
  readonly currentValue: number;
  readonly limit: number;
}

export interface Estate {
  readonly subscriptions: readonly Subscription[];
  readonly resources: readonly EstateResource[];
  readonly models?: readonly EstateModel[];
  readonly usages?: readonly EstateUsage[];
  /** The Log Analytics workspace that answers log queries; `customerId` is the GUID in its query URL, `*` for any. */
  readonly workspace: { readonly customerId: string; readonly resourceId: string };
}
