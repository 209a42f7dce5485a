import type { Matcher } from './matcher.ts';

/** Times at which a silence works again and again: from each occurrence of the expression for `duration` milliseconds. */
export interface Recurrence {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  readonly zone: string;
  readonly duration: number;
}

/** Alerts that nobody is told of for a while, and who wants that, and why. */
export interface Silence {
  readonly id: string;
  /** Within a set every matcher must hold, and any one set is enough. */
  readonly matchers: readonly (readonly Matcher[])[];
  /** Ids of resources under maintenance, and with them everything below; empty: no condition. */
  readonly resources: readonly string[];
  readonly author: string;
  readonly comment: string;
  /** Epoch ms. A recurring silence works within these bounds, too, and may be without an end. */
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly recurrence: Recurrence | null;
  readonly updatedAt: number;
  /** Stands in tocsin.yaml, so it changes there and nowhere else. */
  readonly declared?: true;
}

export type SilenceStatus = 'pending' | 'active' | 'expired';
