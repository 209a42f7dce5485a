import { describe, expect, it } from 'vitest';
import { evaluationJobOf, notificationJobOf } from '../../src/app/jobs.ts';
import { TocsinError } from '../../src/model/errors.ts';

const shards = [{ rule: 'R', shard: 'eastus2' }];

describe('the body of a message', () => {
  it.each([
    { kind: 'metrics', plannedAt: 0, shards, targets: [], workspace: null },
    { kind: 'logs', plannedAt: 0, shards: [], targets: [], workspace: 'w' },
  ])('that is an evaluation job is taken as it is: %o', (job) => {
    expect(evaluationJobOf(job)).toBe(job);
  });

  it.each([
    { kind: 'flush', group: 'g' },
    { kind: 'send', delivery: 'g|r' },
    { kind: 'transitions', transitions: [{ id: 'i', at: 1, alert: { fingerprint: 'f' } }] },
  ])('that is a notification job is taken as it is: %o', (job) => {
    expect(notificationJobOf(job)).toBe(job);
  });

  it.each([
    [{}, 'without a kind'],
    [{ kind: 'dance' }, 'kind "dance"'],
    [{ kind: 'metrics' }, 'kind "metrics"'],
    [{ kind: 'metrics', shards: [null] }, 'kind "metrics"'],
    [{ kind: 'send', delivery: 1 }, 'kind "send"'],
    [{ kind: 'transitions', transitions: [{ id: 'i', at: 1 }] }, 'kind "transitions"'],
    [null, 'without a kind'],
  ])('%o is refused by either queue, with its kind', (body, words) => {
    for (const [queue, take] of [
      ['evaluation', evaluationJobOf],
      ['notification', notificationJobOf],
    ] as const) {
      expect(() => take(body)).toThrow(new TocsinError('TCN-Q001', `no ${queue} job: ${words}`));
    }
  });
});
