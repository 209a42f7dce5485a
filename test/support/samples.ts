import { createHash } from 'node:crypto';
import type { Alert, Transition } from '../../src/model/alert.ts';
import type { EvaluationEntry } from '../../src/model/evaluation-log.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Group, NotificationRecord, PendingDelivery } from '../../src/model/notification.ts';
import type { Silence } from '../../src/model/silence.ts';
import type { ShardState } from '../../src/model/state.ts';

/** Noon of the day on which most examples play. */
export const NOON = Date.parse('2026-11-20T12:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function sampleAlert(series: string, changes: Partial<Alert> = {}): Alert {
  return {
    fingerprint: sha256(series),
    rule: 'AzureOpenAIThrottled',
    target: '/subscriptions/s1/resourcegroups/rg/providers/microsoft.cognitiveservices/accounts/chat',
    labels: { ModelDeploymentName: series },
    severity: 2,
    status: 'firing',
    reason: 'breach',
    activeAt: NOON - 3 * MINUTE,
    startsAt: NOON,
    endsAt: null,
    value: 0.25,
    condition: '> 10%',
    summary: `${series}: 25 % of calls refused`,
    response: { owner: 'ai-platform', within: 15 * MINUTE, action: 'Shift traffic.', runbook: null, steps: [] },
    evidence: { points: [{ at: NOON, value: 0.25 }], threshold: 0.1, unit: 'ratio' },
    history: [],
    updatedAt: NOON,
    source: 'rules/azure-openai.yaml:8',
    ...changes,
  };
}

export function fired(alert: Alert, at: number = alert.startsAt): Transition {
  return { id: sha256(`${alert.fingerprint} ${alert.startsAt} fired`), kind: 'fired', at, alert: { ...alert, updatedAt: at } };
}

export function resolved(alert: Alert, endsAt: number, at: number = endsAt): Transition {
  return {
    id: sha256(`${alert.fingerprint} ${alert.startsAt} resolved`),
    kind: 'resolved',
    at,
    alert: { ...alert, status: 'resolved', reason: 'recovered', endsAt, value: 0.01, updatedAt: at },
  };
}

export function sampleFinding(id: string, changes: Partial<Finding> = {}): Finding {
  return {
    id,
    kind: 'report',
    rule: 'CallsToMissingDeployment',
    target: '/subscriptions/s1/resourcegroups/rg/providers/microsoft.cognitiveservices/accounts/chat',
    labels: { DeploymentName: id },
    severity: 3,
    firstAt: NOON,
    lastAt: NOON,
    count: 1,
    value: 4,
    summary: `calls to ${id}, which does not exist`,
    code: null,
    evidence: null,
    ...changes,
  };
}

export function sampleGroup(name: string, nextFlushAt: number | null = null): Group {
  return { key: sha256(name), labels: { alertname: name, target: 't' }, route: '', held: [], createdAt: NOON, nextFlushAt };
}

export function samplePending(id: string, changes: Partial<PendingDelivery> = {}): PendingDelivery {
  return {
    id,
    reason: 'first',
    createdAt: NOON,
    attempts: 0,
    nextTryAt: NOON,
    claimedUntil: null,
    firing: [sha256(id)],
    resolved: [],
    lastError: null,
    ...changes,
  };
}

export function sampleRecord(group: string, receiver: string, pending: PendingDelivery | null = null): NotificationRecord {
  return { group: sha256(group), receiver, sent: null, pending, counts: { sent: 0, failed: 0, retried: 0 } };
}

export function sampleEntry(rule: string, shard: string, at: number, changes: Partial<EvaluationEntry> = {}): EvaluationEntry {
  return {
    rule,
    shard,
    at,
    windowEnd: at - 3 * MINUTE,
    outcome: 'judged',
    reason: '',
    code: null,
    windows: 1,
    series: 4,
    breaches: 0,
    transitions: 0,
    ...changes,
  };
}

export function sampleState(lastWindowEnd: number): ShardState {
  return { version: 1, lastWindowEnd, lagging: {}, instances: {}, expected: {}, recent: [], unsent: [], blind: {} };
}

export function sampleSilence(id: string, changes: Partial<Silence> = {}): Silence {
  return {
    id,
    matchers: [[{ name: 'ModelDeploymentName', op: '=', value: id }]],
    resources: [],
    author: 'kim',
    comment: 'load test',
    startsAt: NOON - HOUR,
    endsAt: NOON + HOUR,
    recurrence: null,
    updatedAt: NOON - HOUR,
    ...changes,
  };
}
