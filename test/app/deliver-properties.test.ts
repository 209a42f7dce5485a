import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { episodeOf } from '../../src/alerts/episode.ts';
import type { Alert } from '../../src/model/alert.ts';
import { TocsinError } from '../../src/model/errors.ts';
import { alertOf, resolved } from '../alerts/make.ts';
import { HOUR, MINUTE, ok, type Post, SECOND, status, transition, World } from './deliver-world.ts';
import type { Fate } from './mortal.ts';

/** After `wait` ms one series turns over: it fires if it does not, and resolves if it does. Steps often meet a flush. */
interface Step {
  readonly wait: number;
  readonly series: number;
}

interface Chaos {
  readonly steps: readonly Step[];
  /** Fates of the calls to the outside, one after the other, again and again. */
  readonly fates: readonly Fate[];
  readonly copies: readonly number[];
  readonly turns: readonly number[];
  readonly answers: readonly (number | 'no answer' | 'taken, no answer')[];
}

const SERIES = 4;
const fate = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Fate>('survives') },
  { weight: 1, arbitrary: fc.constantFrom<Fate>('dies before', 'dies after') },
);
const chaos: fc.Arbitrary<Chaos> = fc.record({
  steps: fc.array(fc.record({ wait: fc.nat(14).map((count) => count * 30 * SECOND), series: fc.nat(SERIES - 1) }), {
    minLength: 1,
    maxLength: 14,
  }),
  fates: fc.array(fate, { minLength: 1, maxLength: 97 }),
  copies: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 7 }),
  turns: fc.array(fc.nat(4), { minLength: 1, maxLength: 31 }),
  answers: fc.array(fc.constantFrom(204, 204, 204, 500, 503, 429, 408, 'no answer' as const, 'taken, no answer' as const), {
    minLength: 1,
    maxLength: 11,
  }),
});

interface Aftermath {
  readonly world: World;
  /** The last state of every series that ever fired. */
  readonly states: ReadonlyMap<string, Alert>;
  /** What each receiver took, in order, each id once: a receiver that honours ids ignores the others. */
  readonly taken: ReadonlyMap<string, readonly Post[]>;
}

async function play({ steps, fates, copies, turns, answers }: Chaos): Promise<Aftermath> {
  const world = new World(
    [
      { name: 'all' },
      { name: 'slow', rateLimit: { interval: 40 * SECOND, burst: 1 } },
      { name: 'firing only', sendResolved: false },
    ],
    {
      repeatInterval: 24 * HOUR,
    },
  );
  const states = new Map<string, Alert>();
  const tookSilently = new Set<string>();
  world.turns = cycle(turns);
  world.fate = cycle(fates);
  world.copies = cycle(copies);
  const answer = cycle(answers);
  world.answer = ({ id }) => {
    const next = answer();
    if (typeof next === 'number') return status(next);
    if (next === 'taken, no answer') tookSilently.add(id);
    return new TocsinError('TCN-N003', 'https://receiver.test: ECONNRESET');
  };
  let at = world.clock.now();
  for (const { wait, series } of steps) {
    at += wait;
    await turnOver(world, states, series, at);
  }
  await world.run(at - world.clock.now() + 30 * MINUTE);
  world.fate = () => 'survives';
  world.copies = () => 1;
  world.answer = () => ok;
  await world.run(4 * HOUR);

  const taken = new Map<string, Post[]>(world.config.receivers.map(({ name }) => [name, []]));
  for (const post of world.posts) {
    const list = taken.get(post.receiver) ?? [];
    const wasTaken = post.answer === 204 || tookSilently.has(post.id);
    if (wasTaken && !list.some((other) => other.id === post.id)) list.push(post);
  }
  return { world, states, taken };
}

async function turnOver(world: World, states: Map<string, Alert>, series: number, at: number): Promise<void> {
  const rule = series % 2 === 0 ? 'AzureOpenAIThrottled' : 'Slow';
  const fresh = alertOf(`d${series}`, { rule, startsAt: at });
  const state = states.get(fresh.fingerprint);
  if (state?.startsAt === at || state?.endsAt === at) return;
  const next = state?.status === 'firing' ? resolved(state, at) : fresh;
  states.set(fresh.fingerprint, next);
  await world.pushAt(at, [transition(next.status === 'firing' ? 'fired' : 'resolved', next, at)]);
}

function cycle<Value>(values: readonly Value[]): () => Value {
  let next = 0;
  return () => values[next++ % values.length] as Value;
}

/** The state of each alert as a receiver knows it after these notifications. */
function knowledge(posts: readonly Post[]): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const { body } of posts)
    for (const alert of body.alerts) known.set(alert.fingerprint, `${alert.status} ${Date.parse(alert.startsAt)}`);
  return known;
}

function contentOf({ body }: Post): string {
  return body.alerts
    .map((alert) => `${alert.fingerprint} ${alert.startsAt} ${alert.status}`)
    .sort()
    .join('\n');
}

const holds = (name: string, check: (aftermath: Aftermath) => Promise<void> | void): void =>
  it(name, async () => {
    await fc.assert(
      fc.asyncProperty(chaos, async (what) => check(await play(what))),
      { numRuns: 60 },
    );
  });

/*
 * Alerts fire and resolve at any time; messages are handled up to three times at once; the host dies before or after any call to
 * the outside; receivers refuse, hang up, or take a notification without saying so. Then the trouble ends.
 */
describe('whatever happened, once the trouble is over', () => {
  holds('every receiver was told the final state of every alert', ({ states, taken }) => {
    for (const [receiver, posts] of taken) {
      const known = knowledge(posts);
      for (const [fingerprint, alert] of states) {
        if (alert.status === 'firing') expect(known.get(fingerprint), receiver).toBe(`firing ${alert.startsAt}`);
        else if (receiver !== 'firing only')
          expect(known.get(fingerprint) ?? 'never told', receiver).toMatch(/^(resolved|never told)/);
      }
    }
  });

  holds('nothing is under way, and only groups that fire have a flush before them', async ({ world, states }) => {
    for (const record of await world.notificationLog.all()) expect(record.pending).toBeNull();
    const firing = [...states.values()].filter((alert) => alert.status === 'firing');
    const scheduled = world.groups.all().filter((group) => group.nextFlushAt !== null);
    expect(scheduled.map((group) => group.labels.alertname).sort()).toEqual(
      [...new Set(firing.map((alert) => alert.rule))].sort(),
    );
    expect(world.findings.all().filter((finding) => finding.kind === 'delivery failed')).toEqual([]);
  });
});

describe('whatever happens', () => {
  holds('every try of one notification has one id and one body', ({ world }) => {
    const bodies = new Map<string, string>();
    for (const { id, receiver, text } of world.posts) {
      expect(bodies.get(`${receiver} ${id}`) ?? text).toBe(text);
      bodies.set(`${receiver} ${id}`, text);
    }
  });

  holds('no two ids tell one receiver the same', ({ world }) => {
    const ids = new Map<string, string>();
    for (const post of world.posts) {
      const content = `${post.receiver}\n${post.body.groupKey}\n${contentOf(post)}`;
      expect(ids.get(content) ?? post.id).toBe(post.id);
      ids.set(content, post.id);
    }
  });

  holds('no notification says nothing new', ({ taken }) => {
    for (const posts of taken.values()) {
      posts.forEach((post, index) => {
        const before = knowledge(posts.slice(0, index));
        const after = knowledge(posts.slice(0, index + 1));
        expect([...after].some(([fingerprint, state]) => before.get(fingerprint) !== state)).toBe(true);
        expect(post.body.alerts.length).toBeGreaterThan(0);
      });
    }
  });

  holds('what is recorded as told is what the receiver took', async ({ world, taken }) => {
    for (const { receiver, sent } of await world.notificationLog.all()) {
      const known = knowledge(taken.get(receiver) ?? []);
      const firing = new Set(sent?.firing);
      const stale = [...known].filter(([fingerprint, state]) => {
        const [word, startsAt] = state.split(' ');
        return word === 'firing' && firing.has(episodeOf({ fingerprint, startsAt: Number(startsAt) }));
      });
      expect(stale).toHaveLength(firing.size);
    }
  });
});

describe('the host of these tests', () => {
  it('does kill, repeat and refuse', async () => {
    const { world } = await play({
      steps: [
        { wait: 0, series: 0 },
        { wait: 6 * MINUTE, series: 0 },
      ],
      fates: [...Array.from({ length: 20 }, (): Fate => 'survives'), 'dies after', 'dies before'],
      copies: [2],
      turns: [0],
      answers: [503, 'no answer', 204],
    });
    const answers = new Set(world.posts.map((post) => post.answer));
    expect(answers).toEqual(new Set([503, 'no answer', 204]));
    expect(world.logger.messages()).toContain('lost notification messages queued again');
  });
});
