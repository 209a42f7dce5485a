import { TocsinError } from '../model/errors.ts';
import type { EvaluationJob, JobKind, NotificationJob } from '../model/messages.ts';

/** The body of a message of the evaluations queue; throws TCN-Q001 for one that is no such job. */
export function evaluationJobOf(body: unknown): EvaluationJob {
  if (isEvaluationJob(body)) return body;
  throw new TocsinError('TCN-Q001', `no evaluation job: ${kindOf(body)}`);
}

/** The body of a message of the notifications queue; throws TCN-Q001 for one that is no such job. */
export function notificationJobOf(body: unknown): NotificationJob {
  if (isNotificationJob(body)) return body;
  throw new TocsinError('TCN-Q001', `no notification job: ${kindOf(body)}`);
}

export function isNotificationJob(body: unknown): body is NotificationJob {
  const { kind, transitions, group, groups, delivery } = fieldsOf(body);
  if (kind === 'flush') return typeof group === 'string';
  if (kind === 'flushes') return Array.isArray(groups) && groups.every((each) => typeof each === 'string');
  if (kind === 'send') return typeof delivery === 'string';
  return kind === 'transitions' && Array.isArray(transitions) && transitions.every(isTransition);
}

const KINDS: readonly JobKind[] = ['metrics', 'logs', 'streams', 'activity', 'heartbeats', 'inventory'];

export function isEvaluationJob(body: unknown): body is EvaluationJob {
  const { kind, shards } = fieldsOf(body);
  return KINDS.some((known) => known === kind) && Array.isArray(shards) && shards.every(isShardKey);
}

function isTransition(value: unknown): boolean {
  const { id, at, alert } = fieldsOf(value);
  return typeof id === 'string' && typeof at === 'number' && typeof fieldsOf(alert).fingerprint === 'string';
}

function isShardKey(value: unknown): boolean {
  const { rule, shard } = fieldsOf(value);
  return typeof rule === 'string' && typeof shard === 'string';
}

function kindOf(body: unknown): string {
  const { kind } = fieldsOf(body);
  return kind === undefined ? 'without a kind' : `kind ${JSON.stringify(kind)?.slice(0, 80)}`;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
