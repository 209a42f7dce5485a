import { randomUUID } from 'node:crypto';
import { canUpdate, expired, silenceStatus } from '../alerts/silence.ts';
import { isLong, silenceProblem } from '../alerts/silence-problem.ts';
import { type Actor, hasRole } from '../model/access.ts';
import { TocsinError } from '../model/errors.ts';
import type { Silence } from '../model/silence.ts';
import type { AuditLog, Clock, SilenceStore } from '../ports.ts';
import { audited } from './audited.ts';

export interface SilenceDeps {
  readonly silences: SilenceStore;
  /** Those of tocsin.yaml. */
  readonly declared: readonly Silence[];
  readonly audit: Pick<AuditLog, 'record'>;
  readonly clock: Clock;
}

/** What somebody wants; `id` names the silence that it is to take the place of. */
export interface SilenceDraft extends Omit<Silence, 'id' | 'updatedAt' | 'declared'> {
  readonly id: string | null;
}

const RACES = 5;

/** Every silence that is not long over. */
export async function allSilences({
  silences,
  declared,
}: Pick<SilenceDeps, 'silences' | 'declared'>): Promise<readonly Silence[]> {
  return [...declared, ...(await silences.all())];
}

/**
 * Creates a silence, or changes one. As in Alertmanager the past is not rewritten: where the change would do that, the old silence ends
 * now and a new one begins. Resolves to the one that holds. Throws TCN-H010 for what is not valid, TCN-H002 where it takes an admin,
 * TCN-H001 for an unknown id, TCN-H011 for one of tocsin.yaml.
 */
export async function saveSilence(draft: SilenceDraft, actor: Actor, deps: SilenceDeps): Promise<Silence> {
  const now = deps.clock.now();
  const { id, ...wanted } = draft;
  if (id !== null) return changeSilence(id, wanted, actor, deps);
  const silence: Silence = { ...wanted, startsAt: Math.max(wanted.startsAt, now), id: randomUUID(), updatedAt: now };
  mustBeValid(silence, actor, now);
  const line = {
    id: randomUUID(),
    at: now,
    action: 'silence created',
    subject: silence.id,
    before: null,
    after: silence,
  } as const;
  await audited(deps.audit, actor, line, () => deps.silences.replace(silence, null));
  return silence;
}

async function changeSilence(id: string, wanted: Omit<SilenceDraft, 'id'>, actor: Actor, deps: SilenceDeps): Promise<Silence> {
  const audit = randomUUID();
  for (let race = 0; race < RACES; race++) {
    const now = deps.clock.now();
    const { silence: before, version } = await existing(id, deps);
    const after: Silence = { ...wanted, id, updatedAt: now };
    if (!canUpdate(before, after, now)) {
      mustBeValid({ ...after, startsAt: Math.max(after.startsAt, now) }, actor, now);
      if (silenceStatus(before, now) !== 'expired') await expireSilence(id, actor, deps);
      return saveSilence({ ...wanted, id: null }, actor, deps);
    }
    mustBeValid(after, actor, now);
    const line = { id: audit, at: now, action: 'silence changed', subject: id, before, after } as const;
    if (await audited(deps.audit, actor, line, () => deps.silences.replace(after, version))) return after;
  }
  throw new TocsinError('TCN-H012', `silence ${id}`);
}

/** Ends a silence now; one that is over already stays as it is. Throws TCN-H001, TCN-H011 and TCN-H012. */
export async function expireSilence(id: string, actor: Actor, deps: SilenceDeps): Promise<void> {
  const audit = randomUUID();
  for (let race = 0; race < RACES; race++) {
    const now = deps.clock.now();
    const { silence: before, version } = await existing(id, deps);
    if (before.endsAt !== null && before.endsAt <= now) return;
    const after = expired(before, now);
    const line = { id: audit, at: now, action: 'silence expired', subject: id, before, after } as const;
    if (await audited(deps.audit, actor, line, () => deps.silences.replace(after, version))) return;
  }
  throw new TocsinError('TCN-H012', `silence ${id}`);
}

async function existing(
  id: string,
  { silences, declared }: SilenceDeps,
): Promise<{ readonly silence: Silence; readonly version: string }> {
  const ofFile = declared.find((silence) => silence.id === id);
  if (ofFile !== undefined) throw new TocsinError('TCN-H011', `silence ${id} (${ofFile.comment})`);
  const { value: silence, version } = await silences.read(id);
  if (silence === null || version === null) throw new TocsinError('TCN-H001', `there is no silence ${id}`);
  return { silence, version };
}

function mustBeValid(silence: Silence, actor: Actor, now: number): void {
  const problem = silenceProblem(silence, now);
  if (problem !== null) throw new TocsinError('TCN-H010', problem);
  if (isLong(silence, now) && !hasRole(actor, 'admin')) {
    throw new TocsinError('TCN-H002', `${actor.name} is ${actor.role}; a silence of more than 30 days needs the role admin`);
  }
}
