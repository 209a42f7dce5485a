import { expect } from 'vitest';
import type { Version, Versioned } from '../../src/ports.ts';

/** What every pair of `read` and `replace` does. The values must differ. */
export async function expectConditionalWrites<Value>(
  read: () => Promise<Versioned<Value | null>>,
  replace: (next: Value, version: Version) => Promise<boolean>,
  [first, second, third]: readonly [Value, Value, Value],
): Promise<void> {
  expect(await read()).toEqual({ value: null, version: null });
  expect(await replace(first, null)).toBe(true);
  const stored = await read();
  expect(stored.value).toEqual(first);
  expect(await replace(second, null)).toBe(false);
  expect(await read()).toEqual(stored);

  expect(await replace(second, stored.version)).toBe(true);
  expect((await read()).value).toEqual(second);
  expect(await replace(third, stored.version)).toBe(false);
  expect((await read()).value).toEqual(second);

  const { version } = await read();
  const won = await Promise.all([replace(first, version), replace(third, version), replace(third, version)]);
  expect(won.filter(Boolean)).toHaveLength(1);
}
