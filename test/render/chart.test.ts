import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/model/duration.ts';
import { type LineChart, lineChart, unbrokenRuns, usualStep } from '../../src/render/chart.ts';
import { throttlingPoints } from '../support/fixtures/alerts.ts';

const START = Date.parse('2026-11-21T02:58:00Z');

function chart(changes: Partial<LineChart> = {}): string {
  return lineChart({
    name: 'AzureOpenAIThrottled, chat',
    points: throttlingPoints(START),
    step: null,
    unit: 'ratio',
    threshold: 0.1,
    breach: 'above',
    firing: [{ start: START, end: START + 19 * MINUTE }],
    zone: 'UTC',
    ...changes,
  }).toString();
}

function path(svg: string): string {
  return /class="series" d="([^"]*)"/.exec(svg)?.[1] ?? '';
}

describe('a line chart', () => {
  it('says in words what it shows, to those who do not see it', () => {
    const words =
      'AzureOpenAIThrottled, chat, Sat 21 Nov 02:18 to 03:17 UTC: between 0.4% and 36%, threshold above 10%, one gap without data';
    expect(chart()).toContain(`role="img" aria-label="${words}"`);
    expect(chart()).toContain(`<title>${words}</title>`);
  });

  it('shows what is usual as an area, in its words and within its scale', () => {
    const band = throttlingPoints(START).map(({ at }) => ({ at, lower: null, upper: 0.6 }));
    const svg = chart({ threshold: null, breach: null, band });
    expect(svg).toContain('usual at the end up to 60%');
    const area = /class="band" d="([^"]*)"/.exec(svg)?.[1] ?? '';
    expect(area.match(/[ML]/g)).toHaveLength(2 * band.length);
    for (const [, y] of area.matchAll(/[ML][\d.]+ ([\d.]+)/g)) expect(Number(y)).toBeLessThanOrEqual(180);
    expect(chart()).not.toContain('class="band"');
  });

  it('breaks its line where minutes are missing, and never draws them as zero', () => {
    const drawn = path(chart());
    expect(drawn.match(/M/g)).toHaveLength(2);
    expect(drawn.match(/[ML]/g)).toHaveLength(57);
    expect(drawn).not.toMatch(/[ML][\d.]+ 180(?![\d.])/);
    expect(chart()).toContain('class="gap"');
  });

  it('has no gap where nothing is missing', () => {
    const points = [0, 1, 2, 3].map((minute) => ({ at: START + minute * MINUTE, value: minute }));
    expect(chart({ points })).not.toContain('class="gap"');
  });

  it('shows a value that stands alone as a dot', () => {
    const points = [0, 1, 2, 9].map((minute) => ({ at: START + minute * MINUTE, value: 1 + minute }));
    expect(chart({ points }).match(/class="alone"/g)).toHaveLength(1);
  });

  it('shades the side of the threshold that is a breach', () => {
    expect(chart()).toMatch(/class="breach" x="0" y="0" width="100%" height="135"/);
    expect(chart({ breach: 'below' })).toMatch(/class="breach" x="0" y="135" width="100%" height="45"/);
    expect(chart({ threshold: null, breach: null })).not.toMatch(/class="(breach|threshold)/);
  });

  it('marks when it fired with a word', () => expect(chart()).toMatch(/class="fired-label"[^>]*>fired</));

  it('says so when there is nothing to draw', () => {
    expect(chart({ points: [] })).toBe('<p class="none">No values were kept for AzureOpenAIThrottled, chat.</p>');
  });

  it('escapes names', () => expect(chart({ name: '"><script>' })).not.toContain('<script>'));

  it('draws values a hair either side of zero inside its frame', () => {
    const points = [-5e-324, 5e-324, 0].map((value, index) => ({ at: START + index * MINUTE, value }));
    for (const [, y] of path(chart({ points, threshold: null, breach: null })).matchAll(/[ML][-\d.e]+ ([-\d.e]+)/g)) {
      expect(Number(y)).toBeGreaterThanOrEqual(0);
      expect(Number(y)).toBeLessThanOrEqual(180);
    }
  });

  it('draws any points with finite coordinates inside its frame', () => {
    const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 60 });
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(minutes, values, fc.option(fc.double({ min: -10, max: 10, noNaN: true })), (at, value, threshold) => {
        const points = [...at]
          .sort((a, b) => a - b)
          .map((minute, index) => ({ at: START + minute * MINUTE, value: value[index] ?? 0 }));
        const svg = chart({ points, threshold });
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        for (const [, x, y] of path(svg).matchAll(/[ML]([-\d.e]+) ([-\d.e]+)/g)) {
          expect(Number(x)).toBeGreaterThanOrEqual(0);
          expect(Number(x)).toBeLessThanOrEqual(1000);
          expect(Number(y)).toBeGreaterThanOrEqual(0);
          expect(Number(y)).toBeLessThanOrEqual(180);
        }
      }),
    );
  });
});

describe('unbroken runs', () => {
  it('hold every point once, in order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 80 }), (minutes) => {
        const points = [...minutes].sort((a, b) => a - b).map((minute) => ({ at: minute * MINUTE, value: 1 }));
        const runs = unbrokenRuns(points, MINUTE);
        expect(runs.flat()).toEqual(points);
        expect(runs.length).toBe(points.filter((point, index) => point.at - (points[index - 1]?.at ?? -1e9) > MINUTE).length);
      }),
    );
  });

  it('take the usual distance for the step, in spite of gaps', () => expect(usualStep(throttlingPoints(START))).toBe(MINUTE));
});
