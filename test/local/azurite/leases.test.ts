import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOLD_SECONDS, releaseLeases } from '../../../src/local/azurite/leases.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-leases-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function released(message: { timeNextVisible: number; dequeueCount: number }) {
  const file = join(folder, 'queue.json');
  writeFileSync(file, JSON.stringify({ collections: [{ name: '$MESSAGES_COLLECTION$', data: [message] }] }));
  releaseLeases(file, NOW);
  return JSON.parse(readFileSync(file, 'utf8')).collections[0].data[0];
}

describe('leases of a run that was killed', () => {
  it('end for a message that was being handled, and the attempt counts', () => {
    const message = { timeNextVisible: NOW + 600_000, dequeueCount: 2 };
    expect(released(message)).toEqual({ timeNextVisible: NOW, dequeueCount: 2 });
  });

  it('end for a message that was held until its time, and holding was no attempt', () => {
    const message = { timeNextVisible: NOW + HOLD_SECONDS * 1000 - 60_000, dequeueCount: 1 };
    expect(released(message)).toEqual({ timeNextVisible: NOW, dequeueCount: 0 });
  });

  it('leave alone what was sent with a delay', () => {
    const message = { timeNextVisible: NOW + 7 * 24 * 3600_000, dequeueCount: 0 };
    expect(released(message)).toEqual(message);
  });

  it('leave alone what is visible', () => {
    const message = { timeNextVisible: NOW - 1, dequeueCount: 3 };
    expect(released(message)).toEqual(message);
  });

  it('are none where there is no database yet', () => {
    expect(() => releaseLeases(join(folder, 'absent.json'), NOW)).not.toThrow();
  });
});
