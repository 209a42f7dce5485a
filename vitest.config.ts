import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/support/long-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Far above what anything needs: a slow machine must not fail a test.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // One core less than there are is the default, which is one of two.
    maxWorkers: '100%',
    sequence: { sequencer: LongFirst },
  },
});
