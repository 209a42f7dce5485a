import { createRequire } from 'node:module';
import { type CoreLog, coreApi, providing, Registry } from '../../../src/local/host/core-api.ts';

export interface Loaded {
  readonly registry: Registry;
  readonly exported: Readonly<Record<string, unknown>>;
  /** Of `require(file)` alone. */
  readonly ms: number;
}

/** Loads an app's entry point as the worker does, with nothing else in the time that is taken. */
export async function load(file: string, log: CoreLog = () => undefined): Promise<Loaded> {
  const registry = new Registry();
  const require = createRequire(file);
  return providing(coreApi(registry, log), async () => {
    const began = performance.now();
    const exported = require(file) as Record<string, unknown>;
    return { registry, exported, ms: performance.now() - began };
  });
}
