import { describe, expect, it } from 'vitest';
import { episodeOf, fingerprintOf } from '../../src/alerts/episode.ts';
import { groupsOf } from '../../src/alerts/group.ts';
import type { Alert } from '../../src/model/alert.ts';
import { rootRoute } from '../support/route.ts';
import { alertOf, TARGET } from './make.ts';

const groupOf = (alert: Alert, route = rootRoute()) => groupsOf(alert, route)[0];

describe('the group of an alert', () => {
  it('is its rule on its target, whatever its other labels', () => {
    expect(groupOf(alertOf('chat'))).toEqual(groupOf(alertOf('embeddings')));
    expect(groupOf(alertOf('chat'))?.labels).toEqual({ alertname: 'AzureOpenAIThrottled', target: TARGET });
  });

  it('is another for another rule or target', () => {
    const keys = [alertOf('chat'), alertOf('chat', { rule: 'Slow' }), alertOf('chat', { target: `${TARGET}-2` })].map(
      (alert) => groupOf(alert)?.key,
    );
    expect(new Set(keys).size).toBe(3);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not depend on the case in which Azure wrote the resource id', () => {
    expect(groupOf(alertOf('chat', { target: TARGET.toUpperCase() }))).toEqual(groupOf(alertOf('chat')));
  });
});

describe('an episode', () => {
  it('is another one when the alert fires again', () => {
    const alert = alertOf('chat');
    expect(episodeOf(alert)).not.toBe(episodeOf({ ...alert, startsAt: alert.startsAt + 1 }));
  });

  it('names its alert', () => {
    const alert = alertOf('chat');
    expect(fingerprintOf(episodeOf(alert))).toBe(alert.fingerprint);
  });
});
