import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startAzurite } from '../support/azurite.ts';

/*
 * The whole way of diagnostics: the real producer and consumer clients over AMQP, checkpoints, marks and parking on Azurite, the use
 * case as the function calls it, a sink over HTTP. The hub, the producer, the function and the sink are processes of their own, so
 * that the figures of the function are its own. The lag is from an event's arrival in the hub until its batch was delivered.
 */

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    rate: { type: 'string', default: '22000' },
    partitions: { type: 'string', default: '4' },
    'sink-kind': { type: 'string', default: 'otlp' },
  },
  allowPositionals: true,
});

const folder = mkdtempSync(join(tmpdir(), 'bench-stream-'));
const children: ChildProcess[] = [];

function start(script: string, ...args: readonly string[]): { readonly child: ChildProcess; readonly lines: Interface } {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  if (child.stdout === null) throw new Error('a child without stdout');
  return { child, lines: createInterface({ input: child.stdout }) };
}

const lineOf = async (lines: Interface): Promise<string> => ((await once(lines, 'line')) as [string])[0];

const azurite = await startAzurite();
try {
  const { connectionString } = azurite.account();
  const connection = await lineOf(start('stream/hub.ts', folder, values.partitions).lines);
  const port = await lineOf(start('forward-sink.ts').lines);
  const consumer = start('stream/consumer.ts', connection, connectionString, `http://127.0.0.1:${port}`, values['sink-kind']);
  await lineOf(consumer.lines);
  const producer = start('stream/producer.ts', connection, values.partitions, values.rate, values.seconds);
  const sent = JSON.parse(await lineOf(producer.lines)) as {
    readonly events: number;
    readonly records: number;
    readonly seconds: number;
    readonly acceptedP99Ms: number;
  };
  consumer.child.stdin?.write(`${sent.events}\n`);
  const received = JSON.parse(await lineOf(consumer.lines)) as Record<string, number>;
  console.log(
    JSON.stringify({
      sentRecords: sent.records,
      sentRecordsPerSecond: Math.round(sent.records / sent.seconds),
      acceptedP99Ms: sent.acceptedP99Ms,
      ...received,
    }),
  );
} finally {
  for (const child of children) child.kill('SIGKILL');
  await azurite.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
