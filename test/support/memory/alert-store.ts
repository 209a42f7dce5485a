import type { Acknowledgement } from '../../../src/model/acknowledgement.ts';
import type { Alert, HistoryEntry, Transition } from '../../../src/model/alert.ts';
import {
  applyTransition,
  bySeverity,
  byStart,
  episodeKey,
  firedDuring,
  lateEnd,
  resolvedKnownAt,
  type StoredAlert,
  supersededBy,
  withAcknowledgement,
  withNote,
} from '../../../src/model/alert-episode.ts';
import { type Homed, homeOf } from '../../../src/model/alert-home.ts';
import type { Window } from '../../../src/model/window.ts';
import type { AlertStore, CallOptions, OfGroupOptions } from '../../../src/ports.ts';
import { Faulty, throughJson } from './faults.ts';

const RETENTION = 15 * 60_000;

export class MemoryAlertStore extends Faulty implements AlertStore {
  #alerts = new Map<string, StoredAlert>();
  #episodes = new Map<string, Alert>();

  apply(transition: Transition, groups: readonly string[], options?: CallOptions): Promise<boolean> {
    return this.run(
      'apply',
      () => {
        const stored = this.#alerts.get(transition.alert.fingerprint) ?? null;
        const next = applyTransition(stored, throughJson(transition), [...groups]);
        if (next === null) {
          const ended = stored && lateEnd(stored, throughJson(transition));
          if (ended) this.#episodes.set(episodeKey(ended.alert), ended.alert);
          return false;
        }
        const cut = stored && supersededBy(stored, next);
        if (cut) this.#episodes.set(episodeKey(cut.alert), cut.alert);
        this.#keep(next);
        return true;
      },
      options?.signal,
    );
  }

  async applyAll(changes: Parameters<AlertStore['applyAll']>[0], options?: CallOptions): Promise<number> {
    let applied = 0;
    for (const { transition, groups } of changes) if (await this.apply(transition, groups, options)) applied += 1;
    return applied;
  }

  async noteGroup(_group: string, fingerprints: readonly string[], entry: HistoryEntry, options?: CallOptions): Promise<void> {
    for (const fingerprint of fingerprints) await this.note(fingerprint, entry, options);
  }

  forgetNotes(time: number, options?: CallOptions): Promise<void> {
    const kept = ({ at, what }: HistoryEntry): boolean => at >= time || (what !== 'notified' && what !== 'notify failed');
    return this.run(
      'forgetNotes',
      () => {
        for (const stored of [...this.#alerts.values()])
          this.#keep({ ...stored, alert: { ...stored.alert, history: stored.alert.history.filter(kept) } });
      },
      options?.signal,
    );
  }

  regroup({ fingerprint }: Homed, groups: readonly string[], options?: CallOptions): Promise<void> {
    return this.run(
      'regroup',
      () => {
        const stored = this.#alerts.get(fingerprint);
        if (stored !== undefined) this.#keep({ ...stored, groups: [...groups] });
      },
      options?.signal,
    );
  }

  acknowledge(
    { fingerprint, startsAt }: Homed & Pick<Alert, 'startsAt'>,
    acknowledgement: Acknowledgement | null,
    line: HistoryEntry,
    options?: CallOptions,
  ): Promise<boolean> {
    return this.run(
      'acknowledge',
      () => {
        const stored = this.#alerts.get(fingerprint);
        const next = stored === undefined ? null : withAcknowledgement(stored, startsAt, acknowledgement, line);
        if (next !== null) this.#keep(next);
        return next !== null;
      },
      options?.signal,
    );
  }

  get(fingerprint: string, options?: CallOptions): Promise<Alert | null> {
    return this.run('get', () => throughJson(this.#alerts.get(fingerprint)?.alert ?? null), options?.signal);
  }

  several(fingerprints: readonly string[], options?: CallOptions): Promise<readonly Alert[]> {
    const known = () => fingerprints.flatMap((each) => this.#alerts.get(each)?.alert ?? []);
    return this.run('several', () => throughJson(known()), options?.signal);
  }

  open(options?: CallOptions): Promise<readonly Alert[]> {
    return this.run('open', () => this.#select((stored) => stored.alert.status === 'firing').sort(bySeverity), options?.signal);
  }

  ofGroup(group: string, now: number, options?: CallOptions & OfGroupOptions): Promise<readonly Alert[]> {
    const belongs = (stored: StoredAlert) =>
      (options?.homes?.includes(homeOf(stored.alert)) ?? true) &&
      stored.groups.includes(group) &&
      (stored.alert.status === 'firing' || resolvedKnownAt(stored) > now - RETENTION);
    return this.run('ofGroup', () => this.#select(belongs).sort(bySeverity), options?.signal);
  }

  during({ start, end }: Window, options?: CallOptions): Promise<readonly Alert[]> {
    const within = () => [...this.#episodes.values()].filter((alert) => firedDuring(alert, start, end)).sort(byStart);
    return this.run('during', () => throughJson(within()), options?.signal);
  }

  note(fingerprint: string, entry: HistoryEntry, options?: CallOptions): Promise<void> {
    return this.run(
      'note',
      () => {
        const stored = this.#alerts.get(fingerprint);
        if (stored !== undefined) this.#keep(withNote(stored, throughJson(entry)));
      },
      options?.signal,
    );
  }

  #keep(next: StoredAlert): void {
    this.#alerts.set(next.alert.fingerprint, next);
    this.#episodes.set(episodeKey(next.alert), next.alert);
  }

  #select(wanted: (stored: StoredAlert) => boolean): Alert[] {
    return throughJson([...this.#alerts.values()].filter(wanted).map((stored) => stored.alert));
  }
}
