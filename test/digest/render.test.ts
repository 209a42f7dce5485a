import { describe, expect, it } from 'vitest';
import { compileDigest } from '../../src/digest/compile.ts';
import { countersOfJson, type DigestJson } from '../../src/digest/json.ts';
import { renderDigest } from '../../src/digest/render.ts';
import { throttledAlert } from '../support/fixtures/alerts.ts';
import { busyDay, DAY_WINDOW, quietDay } from '../support/fixtures/day.ts';
import { reportFinding } from '../support/fixtures/findings.ts';

const busy = renderDigest(compileDigest(busyDay()), { console: '' });

describe('the page', () => {
  it('has a strip for each rule that fired, and a chart for each that has values', () => {
    expect(busy.html.match(/<svg class="strip"/g)).toHaveLength(2);
    expect(busy.html.match(/<svg class="chart"/g)).toHaveLength(1);
    expect(busy.html.match(/class="cell-/g)).toHaveLength(48);
  });

  it('runs nothing and loads nothing', () => {
    expect(busy.html).not.toMatch(/<script|javascript:|\son[a-z]+="|@import|url\(|<iframe|<form/i);
    expect(
      [...busy.html.matchAll(/(?:src|href)="([^"]*)"/g)]
        .map(([, link]) => link)
        .filter((link) => !/^(\/|#|data:)/.test(link ?? '')),
    ).toEqual([]);
  });

  it('lists every finding, and links to the console only where there is one', () => {
    for (const { summary } of busyDay().findings) expect(busy.html).toContain(summary);
    expect(busy.html).toContain('href="/rules/AzureOpenAIThrottled"');
    expect(renderDigest(compileDigest(busyDay()), { console: null }).html).not.toMatch(/href="\//);
    expect(renderDigest(compileDigest(busyDay()), { console: 'https://t.example' }).html).toContain(
      'href="https://t.example/rules/',
    );
  });

  it('treats names and messages as text', () => {
    const evil = '</title><script>alert(1)</script>';
    const alert = throttledAlert({
      startsAt: DAY_WINDOW.end - 60_000,
      summary: evil,
      labels: { [evil]: evil },
      condition: evil,
      rule: evil,
    });
    const { html } = renderDigest(compileDigest(quietDay({ alerts: [alert], findings: [reportFinding({ summary: evil })] })), {
      console: '',
    });
    expect(html).not.toContain('<script>');
  });

  it('says that silence of a rule without a verdict says nothing', () => {
    expect(busy.html).toContain('Silence of these rules says nothing.');
  });

  it('is short on a quiet day', () => {
    const { html } = renderDigest(compileDigest(quietDay()), { console: '' });
    expect(html).toContain('<h1>A quiet day: none of the 3 rules fired and there is nothing to read.</h1>');
    expect(html).not.toMatch(/What fired|Findings to read|Still open/);
  });
});

describe('the text', () => {
  it('fits 78 columns', () => {
    const long = 'x'.repeat(200);
    const wide = compileDigest(
      quietDay({
        alerts: [throttledAlert({ rule: long, summary: long, labels: { a: long }, startsAt: DAY_WINDOW.end - 60_000 })],
        findings: [reportFinding({ rule: long, summary: long })],
      }),
    );
    for (const text of [busy.text, renderDigest(wide, { console: '' }).text]) {
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(78);
    }
  });

  it('draws the strip with one character an hour', () => expect(busy.text).toContain('|..##....#...?..........#|'));

  it('tells every episode and every finding', () => {
    expect(busy.text).toContain('Fri 20 Nov 10:12  chat, contoso-openai-east');
    expect(busy.text).toContain('17 calls to gpt-35-old');
    expect(busy.text).toContain('2 calls to gpt-4-test');
  });
});

describe('the JSON', () => {
  const json = JSON.parse(busy.json) as DigestJson;

  it('says its version, and times as RFC 3339', () => {
    expect(json.schemaVersion).toBe(1);
    expect(json.window).toEqual({ start: '2026-11-20T08:00:00Z', end: '2026-11-21T08:00:00Z' });
    expect(json.fired[1]?.episodes[0]).toMatchObject({
      rule: 'AzureOpenAIThrottled',
      labels: { ModelDeploymentName: 'chat' },
      startsAt: '2026-11-20T10:12:00Z',
      endsAt: '2026-11-20T11:47:00Z',
      durationSeconds: 5700,
      deliveries: 1,
      unit: 'ratio',
    });
  });

  it('tells a cell that could not be judged from a quiet one', () =>
    expect(json.fired[1]?.strip.slice(11, 14)).toEqual([0, null, 0]));

  it('keeps the counters for the digest after it', () => {
    expect(countersOfJson(busy.json)).toEqual(compileDigest(busyDay()).counters);
  });

  it.each(['', 'not json', '[]', '{}', '{"counters":{"forwarding":[]}}'])('is not mistaken for one: %s', (text) => {
    expect(countersOfJson(text)).toBeNull();
  });
});

it('the same model gives the same bytes', () => {
  expect(renderDigest(compileDigest(busyDay()), { console: '' })).toEqual(busy);
});
