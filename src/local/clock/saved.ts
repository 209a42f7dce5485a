import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeError } from '../write-error.ts';

/** The time that was saved in the file, in epoch ms, or `null` where none was. */
export function readTime(file: string): number | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  const time = Number(text);
  return text.trim() !== '' && Number.isFinite(time) ? time : null;
}

/**
 * Replaces the file at once, so that a process that is killed in between leaves the earlier time and never half of one. Throws TCN-L012
 * when the disk takes nothing.
 */
export function saveTime(file: string, time: number): void {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, `${time}\n`);
    renameSync(draft, file);
  } catch (thrown) {
    throw writeError(thrown, file);
  }
}
