import { createHash } from 'node:crypto';
import { parseDuration } from '../model/duration.ts';
import { recurrenceProblem } from '../model/recurrence.ts';
import type { Silence } from '../model/silence.ts';
import { checkMatchers, matchersOf } from './config-routes.ts';
import type { RawConfig } from './config-schema.ts';
import { moment } from './moment.ts';
import type { Scope } from './scope.ts';

type RawSilence = NonNullable<RawConfig['silences']>[number];

/** The silences of the file. What is wrong in them is {@link checkSilences}'s to say. */
export function silencesOf(raw: RawConfig): readonly Silence[] {
  return (raw.silences ?? []).map((silence) => {
    const { name, matchers, resources = [], comment, author = 'tocsin.yaml', recurring } = silence;
    return {
      id: idOf(name),
      matchers: matchers === undefined ? [] : [matchersOf(matchers)],
      resources,
      author,
      comment: `${name}: ${comment}`,
      startsAt: timeOf(silence.startsAt) ?? 0,
      endsAt: timeOf(silence.endsAt),
      recurrence: recurring === undefined ? null : recurrenceOf(recurring),
      updatedAt: 0,
      declared: true,
    };
  });
}

export function checkSilences(raw: RawConfig, scope: Scope): void {
  for (const [index, silence] of (raw.silences ?? []).entries()) {
    const path = ['silences', index] as const;
    const { matchers, resources = [], recurring, startsAt, endsAt } = silence;
    if (matchers === undefined && resources.length === 0) {
      scope.report('TCN-C003', path, 'a silence needs `matchers` or `resources`');
    }
    checkMatchers(matchers ?? [], scope, [...path, 'matchers']);
    for (const [each, id] of resources.entries()) {
      if (!id.startsWith('/subscriptions/')) scope.report('TCN-C003', [...path, 'resources', each], 'not a resource id');
    }
    for (const [key, text] of Object.entries({ startsAt, endsAt })) {
      if (text !== undefined && timeOf(text) === null)
        scope.report('TCN-C003', [...path, key], 'not a time with its zone', { hint: HINT });
    }
    if (recurring === undefined) {
      if (endsAt === undefined) scope.report('TCN-C003', path, 'a silence needs `endsAt` or `recurring`');
      continue;
    }
    const problem = recurrenceProblem(recurrenceOf(recurring));
    if (problem !== null) scope.report('TCN-C003', [...path, 'recurring'], problem);
  }
}

const HINT = 'write it like 2026-11-21T08:00:00Z';

function recurrenceOf({
  cron,
  zone = 'UTC',
  duration,
}: NonNullable<RawSilence['recurring']>): NonNullable<Silence['recurrence']> {
  return { cron, zone, duration: parseDuration(duration) ?? 0 };
}

function timeOf(text: string | undefined): number | null {
  return text === undefined ? null : moment(text);
}

/** In the form of a UUID, which clients of Alertmanager expect, and the same at every build. */
function idOf(name: string): string {
  const hash = createHash('sha256').update(`silence ${name}`).digest('hex');
  return [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`, hash.slice(20, 32)].join('-');
}
