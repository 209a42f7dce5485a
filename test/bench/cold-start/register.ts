import { load } from './load.ts';

/* A process that loads one entry point, and says what that took. */

const { registry, ms, cpuMs } = await load(process.argv[2] ?? '');
console.log(JSON.stringify({ ms, cpuMs, functions: registry.functions.size, rssMiB: process.memoryUsage().rss / 2 ** 20 }));
