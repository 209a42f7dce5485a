import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The key for functions of level `function` and `admin`: made once, kept in the file for this user only. */
export function hostKey(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    const key = randomBytes(32).toString('base64url');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${key}\n`, { mode: 0o600 });
    return key;
  }
}

/** Whether a request brings the key, in `x-functions-key` or as `code` in its query. */
export function bringsKey(key: string, header: string | undefined, query: URLSearchParams): boolean {
  return isSame(key, header ?? '') || isSame(key, query.get('code') ?? '');
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
