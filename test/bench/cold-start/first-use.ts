import type { TokenCredential } from '@azure/identity';
import { wallClock } from '../../../src/local/clock/wall.ts';
import { directInput } from '../../../src/local/host/direct.ts';
import { describeFunction } from '../../../src/local/host/functions.ts';
import { Invoker } from '../../../src/local/host/invoker.ts';
import { load } from './load.ts';

/*
 * A process that loads the app and invokes one function of it at each of some moments: `MAIN FUNCTION INPUT MOMENT…`. The settings are
 * in its environment. Says what each invocation took and what the app logged meanwhile.
 */

const [main = '', name = '', input = '', ...moments] = process.argv.slice(2);
const lines: string[] = [];
const note = (_fields: object, message: string): void => void lines.push(message);
const { registry, exported } = await load(main);
let now = 0;
(exported.useClock as (clock: object) => void)({ now: () => now, wall: () => Date.now() });

const fn = registry.functions.get(name);
if (fn === undefined) throw new Error(`${main} registers no function ${name}`);
const invoker = new Invoker({
  registry,
  clock: wallClock(),
  log: { debug: note, info: note, warn: note, error: note },
  functionTimeout: null,
  outputs: async () => undefined,
  onInvocation: () => undefined,
  onFatal: (error) => {
    throw error;
  },
});
const times: number[] = [];
for (const moment of moments) {
  now = Number(moment);
  const given = directInput(describeFunction(fn, process.env), input, now, { binary: false, keepEmpty: false });
  const began = performance.now();
  const outcome = await invoker.invoke(fn, given);
  times.push(performance.now() - began);
  if (!outcome.ok) throw outcome.error;
}

let identityMs: number | null = null;
if (typeof exported.azureCredential === 'function') {
  const credential = (exported.azureCredential as (clientId: string | null) => TokenCredential)(null);
  const began = performance.now();
  await credential.getToken('https://management.azure.com/.default');
  identityMs = performance.now() - began;
}
console.log(JSON.stringify({ times, lines, identityMs }));
process.exit(0);
