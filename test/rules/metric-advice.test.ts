import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { metricFacts, metricsOf } from '../../src/rules/catalogue.ts';
import { loadRuleFiles } from '../../src/rules/load.ts';
import { adviceOnName } from '../../src/rules/metric-advice.ts';
import { hasShared, SHARED } from '../support/shared.ts';

const ACCOUNTS = 'Microsoft.CognitiveServices/accounts';
const found = (name: string, more = '', kinds = '[AIServices]') =>
  loadRuleFiles([
    {
      path: 'r.yaml',
      text: `version: 1\ntargets: { chat: { type: ${ACCOUNTS}, kinds: ${kinds} } }\nrules:\n  - report: R\n    metric: { name: ${JSON.stringify(name)}${more} }\n    when: "> 5"\n`,
    },
  ]).diagnostics.map(({ severity, code, message, hint }) => `${severity} ${code} ${message} — ${hint}`);

describe('the name of a metric', () => {
  it('that the documents misprint leads to the right one', () => {
    expect(found('TokensCacheMatchRate')).toEqual([
      `error TCN-R010 ${ACCOUNTS} has no metric TokensCacheMatchRate — MDI prints this name for provisioned utilization: use \`ProvisionedUtilization\`; for the cache, \`AzureOpenAIContextTokensCacheMatchRate\``,
    ]);
    expect(found('ProvisionedUtilization', ', aggregate: average')).toEqual([]);
  });

  it('with a blank at its end is shown in quotes, and right without it', () => {
    expect(found('ModelRequests ')).toEqual([
      `error TCN-R010 ${ACCOUNTS} has no metric "ModelRequests " — without the blank at its end: \`ModelRequests\``,
    ]);
    expect(found('TokensCacheMatchRate ')[0]).toContain('use `ProvisionedUtilization`');
    expect(found('ModelRequests')).toEqual([]);
  });

  it.each([
    ['modelrequests', 'names are case-sensitive: `ModelRequests`'],
    ['Provisioned Utilization', 'that is how the portal shows `ProvisionedUtilization`'],
    ['Time to Response', 'that is how the portal shows `TimeToResponse`'],
    ['ModelRequestsServiceErrors', 'use `ModelRequests` with `where: { StatusCode: [">=500"] }`'],
    ['GeneratedTokenTransaction', 'use `OutputTokens`'],
    ['ModelRequest', 'did you mean `ModelRequests`?'],
  ])('%s is answered with what to write', (name, advice) => {
    expect(adviceOnName(ACCOUNTS, name)).toBe(advice);
  });

  it.skipIf(!hasShared)('wrong in a source document is never taken as it is printed there', () => {
    const { sourceDocumentErrors } = JSON.parse(readFileSync(join(SHARED, 'catalog/metrics.json'), 'utf8')) as {
      sourceDocumentErrors: readonly { readonly printed: string; readonly correct: string }[];
    };
    const names = sourceDocumentErrors.filter(
      ({ printed, correct }) => metricFacts(ACCOUNTS, correct) !== null && printed !== correct,
    );
    expect(names.length).toBeGreaterThan(1);
    for (const { printed, correct } of names) expect(adviceOnName(ACCOUNTS, printed), printed).toContain(`\`${correct}\``);
  });

  it('of a metric that is not for Azure OpenAI gives a warning with its replacement, for OpenAI only', () => {
    for (const { name } of metricsOf(ACCOUNTS).filter(({ notForAzureOpenAI }) => notForAzureOpenAI)) {
      const [warning] = found(name, name === 'SuccessRate' ? ', aggregate: average' : '', '[OpenAI]');
      expect(warning, name).toMatch(/^warning TCN-R013 .* — use `\w+`/);
      expect(found(name, name === 'SuccessRate' ? ', aggregate: average' : ''), name).toEqual([]);
    }
  });
});

describe('a dimension that the documents list and Azure refuses', () => {
  it('is told from one that nobody knows', () => {
    expect(found('ModelAvailabilityRate', ', aggregate: average, by: [StreamType]')[0]).toContain(
      "Microsoft's page lists it, the reference does not",
    );
    expect(found('ModelAvailabilityRate', ', aggregate: average, by: [ModelNam]')[0]).toContain('did you mean `ModelName`?');
  });
});
