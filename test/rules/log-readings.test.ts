import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/model/duration.ts';
import type { LogAnswer, LogCell } from '../../src/model/query.ts';
import type { LogSignal } from '../../src/model/rule.ts';
import { logReadings } from '../../src/rules/log-readings.ts';
import { logSignal, ruleOf, targetsOf } from './fixtures.ts';

const START = Date.UTC(2026, 10, 21, 9, 0, 0);
const WINDOW = { start: START, end: START + 15 * MINUTE };
const LAST = WINDOW.end - 1;
const [a, b] = targetsOf(2).map((target) => target.id) as [string, string];

const TYPES: Readonly<Record<string, string>> = { TimeGenerated: 'datetime', Bin: 'datetime', Calls: 'long' };
const answerOf = (columns: readonly string[], ...rows: readonly (readonly LogCell[])[]): LogAnswer => ({
  columns: columns.map((name) => ({ name, type: TYPES[name] ?? 'string' })),
  rows,
});
const read = (signal: Partial<LogSignal>, answer: LogAnswer) =>
  logReadings(ruleOf({ signal: logSignal(signal) }), targetsOf(2), WINDOW, answer);

describe('rows of a log answer', () => {
  it('belong to the target that their resource id names, in any case', () => {
    const readings = read({ value: 'Calls' }, answerOf(['_ResourceId', 'Calls'], [a.toUpperCase(), 3], [b, 4]));
    expect(readings[a]).toEqual({
      status: 'ok',
      watermark: null,
      series: [{ labels: {}, points: [{ at: LAST, value: 3, weight: 1 }], over: null }],
    });
    expect(readings[b]).toMatchObject({ series: [{ points: [{ value: 4 }] }] });
  });

  it('of a resource below a target belong to the target', () => {
    const readings = read({}, answerOf(['ResourceId'], [`${a}/deployments/chat`], [`${a}-else/deployments/chat`]));
    expect(readings[a]).toMatchObject({ series: [{ points: [{ value: 1 }] }] });
  });

  it('of other resources, or of none, are ignored: a target without rows has no series, which is not unknown', () => {
    const readings = read({}, answerOf(['_ResourceId'], ['/subscriptions/x/resourcegroups/y/providers/z/t/n'], [null], ['']));
    expect(readings).toEqual({
      [a]: { status: 'ok', series: [], watermark: null },
      [b]: { status: 'ok', series: [], watermark: null },
    });
  });

  it('make one series for each combination of the `by` columns', () => {
    const readings = read(
      { value: 'Calls', by: ['Caller'] },
      answerOf(['_ResourceId', 'Caller', 'Calls'], [a, 'x', 3], [a, 'y', 4], [a, null, 5]),
    );
    expect(readings[a]).toMatchObject({
      series: [
        { labels: { Caller: '' }, points: [{ value: 5 }] },
        { labels: { Caller: 'x' }, points: [{ value: 3 }] },
        { labels: { Caller: 'y' }, points: [{ value: 4 }] },
      ],
    });
  });

  it('are counted where the rule names no value', () => {
    const at = START + MINUTE;
    const readings = read({}, answerOf(['TimeGenerated', '_ResourceId'], [at + MINUTE, a], [at, a], [at, a]));
    expect(readings[a]).toMatchObject({
      series: [
        {
          points: [
            { at, value: 2, weight: 2 },
            { at: at + MINUTE, value: 1, weight: 1 },
          ],
        },
      ],
    });
  });

  it('stand at their TimeGenerated, else at their first datetime, else at the end of the window; never outside of it', () => {
    const timed = read(
      { value: 'Calls' },
      answerOf(['Bin', 'TimeGenerated', '_ResourceId', 'Calls'], [START, START + MINUTE, a, 1]),
    );
    expect(timed[a]).toMatchObject({ series: [{ points: [{ at: START + MINUTE }] }] });
    const binned = read({ value: 'Calls' }, answerOf(['Bin', '_ResourceId', 'Calls'], [START - MINUTE, a, 1], [null, a, 2]));
    expect(binned[a]).toMatchObject({
      series: [
        {
          points: [
            { at: START, value: 1 },
            { at: LAST, value: 2 },
          ],
        },
      ],
    });
  });

  it('without a usable value say nothing', () => {
    const readings = read({ value: 'Calls' }, answerOf(['_ResourceId', 'Calls'], [a, null], [a, 'NaN'], [a, '12'], [a, true]));
    expect(readings[a]).toMatchObject({ series: [{ points: [{ value: 12 }, { value: 1 }] }] });
  });

  it.each([
    ['the resource', { value: 'Calls' }, ['Calls']],
    ['a label', { value: 'Calls', by: ['Caller'] }, ['_ResourceId', 'Calls']],
    ['the value', { value: 'Calls' }, ['_ResourceId']],
  ])('without the column of %s make every target unknown', (_, signal, columns) => {
    const readings = read(signal, answerOf(columns));
    for (const id of [a, b]) expect(readings[id]).toMatchObject({ status: 'unknown', reason: 'error', code: 'TCN-R016' });
  });
});
