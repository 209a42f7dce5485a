import { expect, it } from 'vitest';
import { changes } from '../../src/digest/changes.ts';
import { throttledAlert } from '../support/fixtures/alerts.ts';
import { reportFinding } from '../support/fixtures/findings.ts';

it('what continues is neither new nor gone, though its id and wording differ', () => {
  const before = { alerts: [throttledAlert()], findings: [reportFinding({ id: 'monday', summary: '4 calls' })] };
  const now = {
    alerts: [throttledAlert({ summary: 'chat: 12% of calls refused with 429', startsAt: 5 })],
    findings: [reportFinding({ id: 'tuesday', summary: '9 calls' })],
  };
  expect(changes(now, before)).toEqual([]);
  expect(changes(before, now)).toEqual([]);
});

it('another series, another target and another rule are new', () => {
  const before = { alerts: [throttledAlert()], findings: [] };
  const now = {
    alerts: [
      throttledAlert({ deployment: 'embeddings' }),
      throttledAlert({ target: '/other' }),
      throttledAlert({ rule: 'Other' }),
    ],
    findings: [reportFinding()],
  };
  expect(changes(now, before).map(({ what, rule }) => `${what} ${rule}`)).toEqual([
    'alert AzureOpenAIThrottled',
    'alert AzureOpenAIThrottled',
    'alert Other',
    'finding CallsToMissingDeployment',
  ]);
  expect(changes(before, now)).toHaveLength(1);
});

it('a series that fired three times is one change', () => {
  const now = {
    alerts: [throttledAlert({ startsAt: 1 }), throttledAlert({ startsAt: 2 }), throttledAlert({ startsAt: 3 })],
    findings: [],
  };
  expect(changes(now, { alerts: [], findings: [] })).toHaveLength(1);
});
