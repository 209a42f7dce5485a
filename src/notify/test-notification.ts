import type { Alert } from '../model/alert.ts';
import { MINUTE } from '../model/duration.ts';
import { fingerprint } from '../model/fingerprint.ts';
import type { NotificationContent } from './webhook-body.ts';

const RULE = 'TocsinTest';
const TARGET = 'tocsin';

/** What `tocsin send` tells: an alert like any other, labelled `test`, that asks for nothing. */
export function testNotification(receiver: string, consoleUrl: string, now: number): NotificationContent {
  return {
    receiver,
    group: { labels: { alertname: RULE, target: TARGET } },
    reason: 'first',
    alerts: [testAlert(receiver, now)],
    truncated: 0,
    consoleUrl,
  };
}

function testAlert(receiver: string, now: number): Alert {
  const labels = { test: 'true', receiver };
  const points = Array.from({ length: 6 }, (_, index) => ({ at: now - (5 - index) * MINUTE, value: index < 3 ? 0 : 1 }));
  return {
    fingerprint: fingerprint(RULE, TARGET, labels),
    rule: RULE,
    target: TARGET,
    labels,
    severity: 4,
    status: 'firing',
    reason: 'breach',
    activeAt: now,
    startsAt: now,
    endsAt: null,
    value: 1,
    condition: '> 0',
    summary: `Test notification for ${receiver}: nothing is wrong`,
    response: {
      owner: 'whoever set up this receiver',
      within: 15 * MINUTE,
      action: 'Nothing: seeing this message is the result.',
      runbook: null,
      steps: [],
    },
    evidence: { points, threshold: 0, unit: 'number' },
    history: [{ at: now, what: 'fired', reason: 'tocsin send', value: 1 }],
    updatedAt: now,
    source: 'tocsin send',
  };
}
