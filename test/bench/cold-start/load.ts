import { createRequire } from 'node:module';
import { type CoreLog, coreApi, providing, Registry } from '../../../src/local/host/core-api.ts';

export interface Loaded {
  readonly registry: Registry;
  readonly exported: Readonly<Record<string, unknown>>;
  /** Of `require(file)` alone, by the wall and on all cores together. */
  readonly ms: number;
  readonly cpuMs: number;
}

/** Loads an app's entry point as the worker does, with nothing else in the time that is taken. */
export async function load(file: string, log: CoreLog = () => undefined): Promise<Loaded> {
  const registry = new Registry();
  const require = createRequire(file);
  return providing(coreApi(registry, log), async () => {
    const cpu = process.cpuUsage();
    const began = performance.now();
    const exported = require(file) as Record<string, unknown>;
    const ms = performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    return { registry, exported, ms, cpuMs: (user + system) / 1000 };
  });
}
