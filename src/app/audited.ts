import type { Actor } from '../model/access.ts';
import type { AuditEntry } from '../model/audit.ts';
import type { AuditLog } from '../ports.ts';

/**
 * Makes a change with its line in the audit trail. The line comes first: where it cannot be written nothing is changed, and where the
 * change fails, the line says so. `id` is the same for every try of one change.
 */
export async function audited<Result>(
  audit: Pick<AuditLog, 'record'>,
  actor: Pick<Actor, 'name' | 'via'>,
  line: Pick<AuditEntry, 'id' | 'at' | 'action' | 'subject' | 'before' | 'after'>,
  change: () => Promise<Result>,
): Promise<Result> {
  const entry: AuditEntry = { ...line, who: { name: actor.name, via: actor.via }, outcome: 'done' };
  await audit.record(entry);
  try {
    const result = await change();
    if (result === false) await audit.record({ ...entry, outcome: 'failed' });
    return result;
  } catch (thrown) {
    await audit.record({ ...entry, outcome: 'failed' });
    throw thrown;
  }
}
