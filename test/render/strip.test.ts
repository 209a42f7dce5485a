import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/model/duration.ts';
import { type StripCell, sparkline, statusStrip } from '../../src/render/strip.ts';

const START = Date.parse('2026-11-20T08:00:00Z');

function cells(states: readonly StripCell['state'][]): readonly StripCell[] {
  return states.map((state, index) => ({
    start: START + index * HOUR,
    end: START + (index + 1) * HOUR,
    state,
    share: state === 'firing' ? 0.5 : 0,
  }));
}

describe('a status strip', () => {
  const strip = statusStrip('Throttled', cells(['quiet', 'firing', 'unknown', 'quiet']), 'UTC').toString();

  it('tells the states apart by height and outline, not by colour alone', () => {
    const heights = [...strip.matchAll(/class="cell-(\w+)"[^>]*height="([\d.]+)"/g)].map(([, state, height]) => [state, height]);
    expect(heights).toEqual([
      ['quiet', '3'],
      ['firing', '17'],
      ['unknown', '12'],
      ['quiet', '3'],
    ]);
  });

  it('says in words what it shows, as a whole and cell by cell', () => {
    expect(strip).toContain('aria-label="Throttled: fired in 1 of 4 parts of the period, 1 could not be judged"');
    expect(strip).toContain('<title>Fri 20 Nov 09:00: fired for 30 min</title>');
    expect(strip).toContain('<title>Fri 20 Nov 10:00: could not be judged</title>');
  });

  it('names its begin, middle and end', () => {
    expect([...strip.matchAll(/<text[^>]*>([^<]*)</g)].map(([, label]) => label)).toEqual(['08:00', '10:00', '12:00']);
  });
});

describe('a sparkline', () => {
  it('needs two points to be a line', () => {
    expect(sparkline('x', [], null)).toBeNull();
    expect(sparkline('x', [{ at: START, value: 1 }], null)).toBeNull();
  });

  it('breaks where data is missing', () => {
    const points = [0, 1, 2, 8, 9].map((minute) => ({ at: START + minute * MINUTE, value: minute }));
    const path = /d="([^"]*)"/.exec(sparkline('x', points, 3)?.toString() ?? '')?.[1];
    expect(path?.match(/M/g)).toHaveLength(2);
  });
});
