import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { columnsOf, LOG_CATEGORIES, metricFacts, metricNamespaces, metricsOf, namespaceOf } from '../../src/rules/catalogue.ts';
import { catalogueSource } from '../../src/rules/generate-catalogue.ts';

const shared = new URL('../../../shared/catalog/', import.meta.url);
const available = existsSync(shared);
if (!available && process.env.CI) throw new Error('shared/catalog is missing: the catalogue cannot be compared');

describe('the catalogue of Azure signals', () => {
  it.skipIf(!available)('is what the generator makes of the references (`vitest -u` rewrites it)', async () => {
    const read = (name: string) => JSON.parse(readFileSync(new URL(name, shared), 'utf8'));
    await expect(catalogueSource(read('metrics.json'), read('logs.json'))).toMatchFileSnapshot(
      '../../src/rules/catalogue.generated.ts',
    );
  });

  it('knows the request counter with its eleven dimensions', () => {
    const facts = metricFacts('microsoft.cognitiveservices/ACCOUNTS', 'ModelRequests');
    expect(facts).toMatchObject({ unit: 'Count', aggregations: ['total'], exported: true, status: 'current' });
    expect(facts?.dimensions).toHaveLength(11);
  });

  it('keeps the traps: no export of availability, legacy metrics, removed ones, names with blanks', () => {
    const type = 'Microsoft.CognitiveServices/accounts';
    expect(metricFacts(type, 'ModelAvailabilityRate')?.exported).toBe(false);
    expect(metricFacts(type, 'SuccessRate')?.notForAzureOpenAI).toBe(true);
    expect(metricsOf(type).some((facts) => facts.status === 'removed')).toBe(true);
    expect(metricFacts('Microsoft.MachineLearningServices/workspaces', 'Failed Runs')?.dimensions).toContain('ExperimentName');
  });

  it('answers for types and tables it does not know with nothing', () => {
    expect(namespaceOf('Microsoft.Compute/virtualMachines')).toBeNull();
    expect(metricsOf('Microsoft.Compute/virtualMachines')).toEqual([]);
    expect(columnsOf('Heartbeat')).toBeNull();
  });

  it('covers five resource types and the gateway in front of them, and the tables of every category that has one', () => {
    expect(metricNamespaces()).toHaveLength(6);
    for (const { table } of LOG_CATEGORIES) if (table !== null) expect(columnsOf(table), table).not.toBeNull();
  });
});
