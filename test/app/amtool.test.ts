import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { alertOf } from '../alerts/make.ts';
import { serveAlertmanager } from '../support/alertmanager-server.ts';
import { findAmtool, runAmtool } from '../support/amtool.ts';
import { ApiWorld, ENTRA } from './alertmanager-world.ts';
import { MINUTE } from './deliver-world.ts';

/*
 * Alertmanager's own command line against the API. Where it is installed it is run, and what it asks is held against the transcript
 * beside; elsewhere the transcript is played. `RECORD=1` writes the transcript anew.
 */
const amtool = findAmtool();
if (amtool === null) console.warn('amtool is not installed: its recorded requests are sent instead');

const TRANSCRIPT = new URL('../support/fixtures/amtool-0.25.json', import.meta.url);

interface Asked {
  readonly method: string;
  /** Path and query; the id of the silence is `<id>`. */
  readonly path: string;
  /** With times as minutes from the beginning, `<+5>`, and that at which the silence starts as `<start>`. */
  readonly body: string;
}

type Transcript = Readonly<Record<string, readonly Asked[]>>;

const COMMANDS = {
  query: ['alert', 'query'],
  push: ['alert', 'add', 'alertname=DiskFull', 'instance=db-1', '--annotation=summary=disk is full'],
  silence: ['silence', 'add', 'alertname=DiskFull', 'instance=~db-.*', '--comment=repair', '--author=kim', '--duration=2h'],
  silences: ['silence', 'query'],
  suppressed: ['alert', 'query', '--silenced', '-o', 'json'],
  longer: ['silence', 'update', '--duration=3h', '<id>'],
  expire: ['silence', 'expire', '<id>'],
  routes: ['config', 'routes', 'test', 'alertname=DiskFull'],
  cluster: ['cluster', 'show'],
} as const;
type Command = keyof typeof COMMANDS;

/** Runs commands, or what they once asked, and keeps what was asked. */
class Driver {
  readonly #begun = Date.now();
  readonly asked: Record<string, Asked[]> = {};
  id = '<id>';
  start = '<start>';
  readonly #url: string;
  readonly #transcript: Transcript;
  #now: Command = 'query';

  constructor(url: string, transcript: Transcript) {
    this.#url = url;
    this.#transcript = transcript;
  }

  note(method: string, path: string, body: string): void {
    const plain = (text: string): string =>
      text
        .replaceAll(this.id, '<id>')
        .replaceAll(this.start, '<start>')
        .replace(/2\d{3}-\d\d-\d\dT[\d:.]+Z/g, (time) => `<+${Math.round((Date.parse(time) - this.#begun) / MINUTE)}>`);
    this.asked[this.#now] = [...(this.asked[this.#now] ?? []), { method, path: plain(path), body: plain(body) }];
  }

  async run(command: Command): Promise<string> {
    this.#now = command;
    if (amtool === null) return this.#replay(command);
    const args = COMMANDS[command].map((arg) => (arg === '<id>' ? this.id : arg));
    const { code, stdout, stderr } = await runAmtool(amtool, [...args, `--alertmanager.url=${this.#url}`]);
    expect([code, stderr.replace(/^Warning: .*\n/gm, '')]).toEqual([0, '']);
    return stdout;
  }

  async #replay(command: Command): Promise<string> {
    let last = '';
    for (const { method, path, body } of this.#transcript[command] ?? []) {
      const full = (text: string): string =>
        text
          .replaceAll('<id>', this.id)
          .replaceAll('<start>', this.start)
          .replace(/<\+(-?\d+)>/g, (_, minutes: string) => new Date(this.#begun + Number(minutes) * MINUTE).toISOString());
      const headers = { accept: 'application/json', 'content-type': 'application/json' };
      const answer = await fetch(`${this.#url}${full(path)}`, { method, headers, ...(body === '' ? {} : { body: full(body) }) });
      expect(answer.status).toBe(200);
      last = await answer.text();
    }
    return last;
  }
}

describe('amtool', () => {
  it('lists, pushes, silences, changes and expires', async () => {
    const transcript = JSON.parse(await readFile(TRANSCRIPT, 'utf8').catch(() => '{}')) as Transcript;
    const api = new ApiWorld(undefined, { ...ENTRA, consoleAccess: 'open' });
    const { world } = api;
    world.clock.set(Date.now());
    await world.fire(alertOf('chat', { startsAt: world.clock.now() }));
    await world.run(MINUTE);
    const server = await serveAlertmanager(api.deps, (method, path, body) => driver.note(method, path, body));
    const driver = new Driver(server.url, transcript);
    try {
      expect(await driver.run('query')).toContain('AzureOpenAIThrottled');
      await driver.run('push');
      await world.run(MINUTE);
      expect(world.told('on-call').at(-1)?.alerts[0]?.labels).toMatchObject({ alertname: 'DiskFull', instance: 'db-1' });

      await driver.run('silence');
      const [silence] = await world.silences.all();
      driver.id = silence?.id ?? '';
      driver.start = new Date(silence?.startsAt ?? 0).toISOString();
      expect(silence).toMatchObject({
        author: 'kim',
        comment: 'repair',
        matchers: [[{ op: '=' }, { op: '=~', value: 'db-.*' }]],
      });
      expect(await driver.run('silences')).toContain(driver.id);
      expect(await driver.run('suppressed')).toContain('"suppressed"');

      await driver.run('longer');
      const longer = (await world.silences.read(driver.id)).value;
      expect((longer?.endsAt ?? 0) - (silence?.endsAt ?? 0)).toBeGreaterThan(59 * MINUTE);
      await driver.run('expire');
      expect((await world.silences.read(driver.id)).value?.endsAt).toBeLessThanOrEqual(world.clock.now());
      expect(await driver.run('routes')).toContain('on-call');
      expect(await driver.run('cluster')).toMatch(/disabled/);
    } finally {
      await server.close();
    }
    if (process.env.RECORD !== undefined) await writeFile(TRANSCRIPT, `${JSON.stringify(driver.asked, null, 2)}\n`);
    else expect(driver.asked).toEqual(transcript);
  });
});
