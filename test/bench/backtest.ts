import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeBusyDay } from './backtest/archive.ts';

/* A day of a busy estate through a hundred rules. Writing the archive is not in the figures; reading it is. */

const DAY = 86_400_000;
const START = Date.UTC(2026, 4, 1);

const { values } = parseArgs({
  options: { records: { type: 'string', default: '5000000' }, archive: { type: 'string' } },
});
const dir = values.archive ?? (await mkdtemp(join(tmpdir(), 'tocsin-bench-backtest-')));
try {
  if (values.archive === undefined) {
    process.stderr.write('writing the archive …\n');
    const { records, bytes } = await writeBusyDay(dir, Number(values.records), START);
    process.stderr.write(
      `${records.toLocaleString('en-US')} records, ${Math.round(bytes / 2 ** 20).toLocaleString('en-US')} MiB\n`,
    );
  }
  const script = fileURLToPath(new URL('backtest/replay.ts', import.meta.url));
  const child = spawn(process.execPath, [script, dir, String(START), String(START + DAY)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`replay.ts ended with ${code}`);
  process.stdout.write(printed);
} finally {
  if (values.archive === undefined) await rm(dir, { recursive: true, force: true });
}
