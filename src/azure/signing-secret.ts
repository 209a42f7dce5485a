import { randomBytes } from 'node:crypto';
import { TocsinError } from '../model/errors.ts';
import type { Log, SigningSecret } from '../ports.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

const KEY = { partition: 'secret', row: 'signing' };

/**
 * Made by the first worker that needs it and read once by every other. It lies beside the alerts and silences that it protects: whoever
 * can read it there can change those without it. Removing the row makes every link and form that was handed out void.
 */
export function createSigningSecret(storage: Storage, log: Log): SigningSecret {
  const table = openTable(storage, TABLES.secrets, log);
  let kept: string | undefined;
  return {
    get: async (options) => {
      if (kept !== undefined) return kept;
      const stored = await table.get<string>(KEY, options);
      const version = stored?.version ?? null;
      if (stored?.value == null) await table.write({ ...KEY, value: randomBytes(32).toString('base64url') }, version, options);
      const ruling = await table.get<string>(KEY, options);
      if (ruling?.value == null) throw new TocsinError('TCN-S001', 'the signing secret');
      kept = ruling.value;
      return kept;
    },
  };
}
