import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * Seconds for which the local host hides a queue message that it received before its time. Far longer than any lease of a message
 * that is being handled, so that the two can be told apart when the host was killed.
 */
export const HOLD_SECONDS = 6 * 24 * 3600;
const CERTAINLY_HELD = 24 * 3600 * 1000;

interface Message {
  timeNextVisible: number;
  dequeueCount: number;
}

interface QueueDatabase {
  readonly collections: readonly { readonly name: string; readonly data: Message[] }[];
}

/**
 * Makes every leased message of Azurite's queue database visible, before Azurite opens it: who leased them has died with the Azurite
 * that granted the lease. A message that was only held until its time gets that receive taken off its dequeue count, or a few restarts
 * would carry it into the poison queue unhandled. Messages that were sent with a delay and never received keep it.
 */
export function releaseLeases(file: string, now: number): void {
  const database = read(file);
  if (database === null) return;
  let released = 0;
  for (const message of database.collections.find(({ name }) => name === '$MESSAGES_COLLECTION$')?.data ?? []) {
    if (message.dequeueCount === 0 || message.timeNextVisible <= now) continue;
    if (message.timeNextVisible - now > CERTAINLY_HELD) message.dequeueCount -= 1;
    message.timeNextVisible = now;
    released += 1;
  }
  if (released === 0) return;
  writeFileSync(`${file}.draft`, JSON.stringify(database));
  renameSync(`${file}.draft`, file);
}

function read(file: string): QueueDatabase | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  return JSON.parse(text) as QueueDatabase;
}
