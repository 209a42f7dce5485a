import { describe, expect, it } from 'vitest';
import { transitionOfPush } from '../../src/alerts/pushed.ts';
import type { Labels } from '../../src/model/labels.ts';

const NOW = Date.parse('2026-11-21T08:00:00Z');
const alertOfPush = (labels: Labels, annotations: Labels = {}) =>
  transitionOfPush('fired', { labels, annotations, startsAt: NOW, endsAt: NOW + 300_000, timeout: true }, NOW, NOW).alert;

describe('an alert that another system pushes', () => {
  it('is told in the words of its annotations', () => {
    const alert = alertOfPush(
      { alertname: 'DiskFull', instance: 'db-1', severity: 'page', team: 'storage' },
      {
        summary: 'disk is full',
        description: 'Delete old backups.',
        condition: 'free is 2 (< 5)',
        runbook_url: 'https://r.example',
      },
    );
    expect(alert).toMatchObject({
      rule: 'DiskFull',
      target: 'db-1',
      severity: 0,
      summary: 'disk is full',
      condition: 'free is 2 (< 5)',
      response: { owner: 'storage', action: 'Delete old backups.', runbook: 'https://r.example' },
      pushed: true,
    });
  });

  it('says who says so where it says no more', () => {
    expect(alertOfPush({ alertname: 'DiskFull' })).toMatchObject({
      target: '',
      severity: 2,
      summary: 'DiskFull',
      condition: 'another system says so',
      value: null,
      response: { owner: 'unassigned', action: 'DiskFull', runbook: null },
    });
  });
});
