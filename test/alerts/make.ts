import type { Alert } from '../../src/model/alert.ts';
import { fingerprint } from '../../src/model/fingerprint.ts';

export const TARGET = '/subscriptions/s1/resourcegroups/rg-ai/providers/microsoft.cognitiveservices/accounts/aoai-prod';

/** A firing alert of one deployment; every field can be said otherwise. */
export function alertOf(deployment: string, fields: Partial<Alert> = {}): Alert {
  const labels = { ModelDeploymentName: deployment };
  const startsAt = fields.startsAt ?? Date.parse('2026-11-21T08:00:00Z');
  return {
    fingerprint: fingerprint('AzureOpenAIThrottled', TARGET, labels),
    rule: 'AzureOpenAIThrottled',
    target: TARGET,
    labels,
    severity: 1,
    status: 'firing',
    reason: 'breach',
    activeAt: startsAt - 180_000,
    startsAt,
    endsAt: null,
    value: 0.25,
    condition: '> 10%',
    summary: `${deployment}: 25% of calls refused with 429`,
    response: {
      owner: 'ai-platform',
      within: 15 * 60_000,
      action: `Shift traffic or raise capacity for ${deployment}.`,
      runbook: 'https://runbooks.example/throttled',
      steps: ['Look at the callers', 'Raise the capacity'],
    },
    evidence: {
      points: [
        { at: startsAt - 60_000, value: 0.2 },
        { at: startsAt, value: 0.25 },
      ],
      threshold: 0.1,
      unit: 'ratio',
    },
    history: [],
    updatedAt: startsAt,
    source: 'rules/azure-openai.yaml:12',
    ...fields,
  };
}

export function resolved(alert: Alert, endsAt: number): Alert {
  return { ...alert, status: 'resolved', reason: 'recovered', endsAt, updatedAt: endsAt };
}
