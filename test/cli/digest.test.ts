import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/digest.ts';
import type { DigestJson } from '../../src/digest/json.ts';
import { resolvedAfter, throttledAlert } from '../support/fixtures/alerts.ts';
import { DAY_WINDOW } from '../support/fixtures/day.ts';
import { type Estate, emptyEstate, raise } from '../support/fixtures/estate.ts';

let estate: Estate;
let folder: string;

beforeEach(async () => {
  estate = emptyEstate(DAY_WINDOW.end);
  folder = await mkdtemp(join(tmpdir(), 'tocsin-digest-'));
  await raise(estate, resolvedAfter(throttledAlert({ startsAt: Date.parse('2026-11-20T10:12:00Z') }), 95));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function tocsinDigest(...args: string[]) {
  let stdout = '';
  let stderr = '';
  const code = await run(args, {
    sources: estate,
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
  });
  return { code, stdout, stderr };
}

describe('tocsin digest', () => {
  it('prints the last 24 hours as text', async () => {
    const { code, stdout, stderr } = await tocsinDigest();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Fri 20 Nov 10:12  chat, contoso-openai-east  1 h 35 min');
  });

  it('takes its period from the command line, as a time or a day', async () => {
    const json = async (...args: string[]) => JSON.parse((await tocsinDigest('--output', 'json', ...args)).stdout) as DigestJson;
    expect((await json('--from', '2026-11-20T12:00:00+01:00', '--to', '2026-11-20T11:30:00Z')).window).toEqual({
      start: '2026-11-20T11:00:00Z',
      end: '2026-11-20T11:30:00Z',
    });
    expect((await json('--to', '2026-11-20')).window.start).toBe('2026-11-19T00:00:00Z');
    expect((await json('--from', '2026-11-20T12:00:00Z')).fired).toEqual([]);
  });

  it('writes the page to a file, which needs no console', async () => {
    const file = join(folder, 'digest.html');
    const { code, stderr } = await tocsinDigest('--html', file);
    expect([code, stderr]).toEqual([0, `wrote ${file}\n`]);
    const html = await readFile(file, 'utf8');
    expect(html).toContain('<svg class="chart"');
    expect(html).not.toMatch(/href="\//);
  });

  it('says that it cannot write a file', async () => {
    const { code, stdout, stderr } = await tocsinDigest('--html', join(folder, 'no', 'such.html'));
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toContain('cannot be written');
  });

  it.each([
    [['--from', 'yesterday'], 'not a time: yesterday'],
    [['--from', '2026-11-20T10:00'], 'not a time: 2026-11-20T10:00'],
    [['--from', '2026-11-22', '--to', '2026-11-21'], '--from must be before --to'],
    [['--output', 'pdf'], '--output takes text or json'],
    [['--zone', 'Mars/Olympus'], 'not a time zone: Mars/Olympus'],
  ])('refuses %j', async (args, words) => {
    const { code, stderr } = await tocsinDigest(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});
