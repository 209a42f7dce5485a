import { HOUR, MINUTE, parseDuration } from '../../model/duration.ts';
import { ticksOfMs } from '../kql/time.ts';

/**
 * How long after it happened a record can be queried, in ms: half of them within `typical`, 99 of 100 within `slow`, all within `longest`.
 * https://learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time names 3 to 10 minutes for resource logs, 20 at the longest.
 */
export interface ArrivalModel {
  readonly typical: number;
  readonly slow: number;
  readonly longest: number;
}

export const USUAL_ARRIVAL: ArrivalModel = { typical: 3 * MINUTE, slow: 10 * MINUTE, longest: 20 * MINUTE };
/** Every record can be queried at once. */
const AT_ONCE: ArrivalModel = { typical: 0, slow: 0, longest: 0 };
/** The least time that ingestion takes. */
const LEAST = 30_000;

/** `3m/10m/20m` or `none`; `null` for another text. */
export function parseArrival(text: string): ArrivalModel | null {
  if (text === 'none') return AT_ONCE;
  const parts = text.split('/').map((part) => parseDuration(part));
  const [typical, slow, longest] = parts;
  if (parts.length !== 3 || typical == null || slow == null || longest == null) return null;
  return typical <= slow && slow <= longest ? { typical, slow, longest } : null;
}

/**
 * When a record that happened at `ticks` (time.ts) and lies in the file of the hour `receivedHour` (epoch ms) can be queried, in epoch ms. A
 * record is not received before its file's hour begins, which tells those that were late by more than the model knows. The same
 * record gets the same delay each time.
 */
export function arrivalOf(ticks: number, receivedHour: number, model: ArrivalModel): number {
  const happened = (ticks - EPOCH_TICKS) / TICKS_PER_MS;
  return Math.max(happened, Math.min(receivedHour, happened + LATEST)) + delayAt(chanceOf(ticks), model);
}

const EPOCH_TICKS = ticksOfMs(0);
const TICKS_PER_MS = 10_000;
const LATEST = 49 * HOUR;

function delayAt(share: number, { typical, slow, longest }: ArrivalModel): number {
  const least = Math.min(LEAST, typical);
  if (share < 0.5) return least + (typical - least) * (share / 0.5);
  if (share < 0.99) return typical + (slow - typical) * ((share - 0.5) / 0.49);
  return slow + (longest - slow) * ((share - 0.99) / 0.01);
}

/** A number in [0, 1) that the record's time decides. */
function chanceOf(ticks: number): number {
  let mixed = Math.imul((ticks % 2 ** 32) ^ Math.floor(ticks / 2 ** 32), 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
