import { MINUTE, SECOND } from '../model/duration.ts';
import type { ReceiverCircuit } from '../model/notification.ts';

/** Failures in a row after which nobody asks a receiver for a while. */
const OPENS_AFTER = 5;
const FIRST_PAUSE = 30 * SECOND;
const LONGEST_PAUSE = 5 * MINUTE;
/** A receiver that failed at every try for so long is dead: its fallback is told, and an alert says so. */
export const DEAD_AFTER = 15 * MINUTE;

export function closedCircuit(name: string): ReceiverCircuit {
  return { name, failures: 0, failingSince: null, openUntil: null, lost: false, gone: null, alerted: false };
}

/** The circuit after a try that failed: trouble that may pass (`opens`) makes other deliveries wait, a refusal loses the notification. */
export function afterFailure(circuit: ReceiverCircuit, opens: boolean, now: number): ReceiverCircuit {
  const failures = circuit.failures + 1;
  const pause = Math.min(FIRST_PAUSE * 2 ** Math.max(0, failures - OPENS_AFTER), LONGEST_PAUSE);
  return {
    ...circuit,
    failures,
    failingSince: circuit.failingSince ?? now,
    lost: circuit.lost || !opens,
    openUntil: opens && failures >= OPENS_AFTER ? now + pause : null,
  };
}

/** Milliseconds that nobody should ask the receiver; 0 where it may be asked. */
export function pauseOf(circuit: ReceiverCircuit, now: number): number {
  return Math.max(0, (circuit.openUntil ?? 0) - now);
}

/** Whether its address said that it is gone. Another address is another matter. */
export function isGone({ gone }: ReceiverCircuit, address: string): boolean {
  return gone !== null && gone.address === address;
}

export function isDead(circuit: ReceiverCircuit, address: string, now: number): boolean {
  return isGone(circuit, address) || circuit.lost || (circuit.failingSince !== null && now - circuit.failingSince >= DEAD_AFTER);
}
