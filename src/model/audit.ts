import type { Actor } from './access.ts';

export type AuditAction =
  | 'silence created'
  | 'silence changed'
  | 'silence expired'
  | 'alert acknowledged'
  | 'acknowledgement withdrawn'
  | 'alerts pushed';

/** One line of the audit trail. Secrets are part of none. */
export interface AuditEntry {
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  readonly who: Pick<Actor, 'name' | 'via'>;
  readonly action: AuditAction;
  /** Id of the silence, fingerprint of the alert. */
  readonly subject: string;
  /** As it was and as it became; `null` where there was or is nothing. */
  readonly before: unknown;
  readonly after: unknown;
  /** The line is written before the change; `failed` takes the place of `done` where the change could not be made. */
  readonly outcome: 'done' | 'failed';
}
