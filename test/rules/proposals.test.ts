import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadRuleFiles } from '../../src/rules/load.ts';

/*
 * Which built-in rules answer which of the rules proposed in shared/catalog/rules.json. Several proposals share a rule where two would
 * have told one trouble twice: Foundry models are watched beside Azure OpenAI's, for example.
 */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  'AOAI-01': ['AzureOpenAIThrottled'],
  'AOAI-02': ['AzureOpenAIThrottledSometimes'],
  'AOAI-03': ['AzureOpenAIErrorBudgetBurns'],
  'AOAI-04': ['AzureOpenAIErrorBudgetErodes'],
  'AOAI-05': ['AzureOpenAIServerErrors'],
  'AOAI-06': ['AzureOpenAIServerErrorsSeen'],
  'AOAI-07': ['AzureOpenAITrafficStopped'],
  'AOAI-08': ['RequestLogsStopped'],
  'AOAI-09': ['AzureOpenAIResponseSlow'],
  'AOAI-10': ['AzureOpenAIResponseUnusual'],
  'AOAI-11': ['TokenGenerationSlow'],
  'AOAI-12': ['AzureOpenAIAnswersOutlastClients'],
  'AOAI-13': ['ProvisionedThroughputNearlyUsed'],
  'AOAI-14': ['ProvisionedThroughputExhausted'],
  'AOAI-15': ['ProvisionedThroughputFullSoon'],
  'AOAI-16': ['ProvisionedThroughputWasted'],
  'AOAI-17': ['SpilloverShareHigh'],
  'AOAI-18': ['TokenRateNearLimit'],
  'AOAI-19': ['TokenUseJumped', 'TokenUseOutOfTheUsual'],
  'AOAI-20': ['SpendAboveBudget', 'MonthlySpendForecast'],
  'AOAI-21': ['RetryStormFromOneCaller'],
  'AOAI-22': ['TopCallersByTokens', 'GatewayTokensByConsumer'],
  'AOAI-23': ['OneCallerDominates'],
  'AOAI-24': ['AzureOpenAIAuthenticationRefused'],
  'AOAI-25': ['CallsToMissingDeployment'],
  'AOAI-26': ['ModelDeploymentDeleted', 'ModelDeploymentChanged'],
  'AOAI-27': ['AzureOpenAIBadRequests'],
  'AOAI-28': ['ModelVersionChanged'],
  'AOAI-29': ['FineTuningOverPlan'],
  'AOAI-30': ['RealtimeTimeOverPlan'],
  'AOAI-31': ['ProvisionedCacheSeldomHit'],
  'AOAI-32': ['ContentFilterRefusesMany', 'AzureOpenAIContentFiltered'],
  'AOAI-33': ['HarmfulContentHighSeverity'],
  'AOAI-34': ['PromptAttacks'],
  'AOAI-35': ['ContentFilterStopped'],
  'AOAI-36': ['ContentFilterPolicyChanged'],
  'MDL-01': ['FoundryModelAvailabilityLow'],
  'MDL-02': ['AzureOpenAIThrottled'],
  'MDL-03': ['AzureOpenAIResponseUnusual'],
  'MDL-04': ['AzureOpenAITrafficStopped'],
  'MDL-05': ['ModelNeverSeenBefore'],
  'MDL-06': ['ServiceTierDowngraded'],
  'MDL-07': ['PromptCacheSeldomHit'],
  'MDL-08': ['AnswersAreLong'],
  'AGT-01': ['AgentRunsFailing'],
  'AGT-02': ['AgentToolCallsFailing'],
  'AGT-03': ['AgentSpendAboveBudget'],
  'AGT-04': ['AgentThreadStoreThrottled'],
  'AIS-01': ['AIServiceAvailabilityLow'],
  'AIS-02': ['AIServiceCallsBlocked'],
  'AIS-03': ['AIServiceClientErrors'],
  'AIS-04': ['AIServiceSlower'],
  'AIS-05': ['AIServiceTrafficStopped'],
  'AIS-06': ['AIServiceServerErrors'],
  'AIS-07': ['ModerationChecksFell'],
  'AIS-08': ['TranslatedCharactersForecast'],
  'AIS-09': ['DocumentPagesForecast'],
  'AIS-10': ['LanguageJobsSlow'],
  'AIS-11': ['LanguageJobsFailing'],
  'AIS-12': ['SpeechModelIdle'],
  'AML-01': ['ProductionJobFailed'],
  'AML-02': ['RunsFailOften'],
  'AML-03': ['RunsNotResponding'],
  'AML-04': ['RunsQueueUp'],
  'AML-05': ['ComputeQuotaNearlyUsed'],
  'AML-06': ['UnusableNodes'],
  'AML-07': ['ClusterScaleUpFailing'],
  'AML-08': ['NodesPreempted'],
  'AML-09': ['IdleNodes'],
  'AML-10': ['GpuIdleDuringRun'],
  'AML-11': ['NodeDiskNearlyFull'],
  'AML-12': ['ModelDeploymentFailed'],
  'AML-13': ['ScheduledPipelineDidNotRun'],
  'AML-14': ['ModelDeleted', 'DatastoreDeleted'],
  'AML-15': ['ComputeInstancesLeftOn'],
  'AML-16': ['StorageErrorsFromRuns'],
  'AMLE-01': ['OnlineEndpointErrorBudgetBurns'],
  'AMLE-02': ['OnlineEndpointModelErrors'],
  'AMLE-03': ['OnlineEndpointSlow'],
  'AMLE-04': ['OnlineEndpointSlowRequests'],
  'AMLE-05': ['OnlineEndpointBandwidthThrottled'],
  'AMLE-06': ['OnlineEndpointContainersRestart'],
  'AMLE-07': ['OnlineDeploymentCpuHigh'],
  'AMLE-08': ['OnlineDeploymentMemoryHigh'],
  'AMLE-09': ['OnlineDeploymentGpuMemoryHigh'],
  'AMLE-10': ['OnlineDeploymentDiskNearlyFull'],
  'AMLE-11': ['OnlineDeploymentInstancesFew'],
  'AMLE-12': ['OnlineEndpointTrafficStopped'],
  'AMLE-13': ['OnlineDeploymentGetsNoTraffic'],
  'AMLE-14': ['OnlineEndpointAuthenticationRefused'],
  'AMLE-15': ['OnlineEndpointDataCollectionFails'],
  'X-01': ['RequestLogsArriveLate'],
  'X-02': ['DiagnosticSettingRemoved'],
  'X-03': ['KeysRegenerated', 'KeysListed'],
  'X-04': ['PrivateEndpointRemoved', 'AccountChanged'],
  'X-05': ['ServiceHealthIncident', 'ServiceHealthAdvisory'],
  'X-06': ['AIResourceDeleted'],
  'X-07': ['ModelRetirementAhead', 'ModelRetiresSoon'],
  'X-08': ['ControlPlaneOperationsFail'],
};

const folder = new URL('../../rules/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const { rules } = loadRuleFiles(files.map((name) => ({ path: name, text: readFileSync(new URL(name, folder), 'utf8') })));
const known = new Map(rules.map((rule) => [rule.id, rule]));

const shared = new URL('../../../shared/catalog/rules.json', import.meta.url);
const available = existsSync(shared);
if (!available && process.env.CI) throw new Error('shared/catalog is missing: the proposals cannot be compared');

describe.skipIf(!available)('the rules that were proposed', () => {
  const proposals = available
    ? (JSON.parse(readFileSync(shared, 'utf8')) as readonly {
        readonly id: string;
        readonly requiredLogCategories: readonly string[];
      }[])
    : [];

  it('are answered by a built-in rule, at least eighty of them', () => {
    const answered = proposals.filter(({ id }) => ANSWERS[id]?.every((rule) => known.has(rule)) ?? false);
    expect(answered.length).toBeGreaterThanOrEqual(80);
    expect(Object.keys(ANSWERS).filter((id) => !answered.some((proposal) => proposal.id === id))).toEqual([]);
  });
});
