import { createHash } from 'node:crypto';
import { afterFailure, closedCircuit, isDead, isGone, pauseOf } from '../../alerts/circuit.ts';
import { receiverFails, receiverRecovered } from '../../alerts/receiver-failing.ts';
import type { Transition } from '../../model/alert.ts';
import type { Receiver } from '../../model/config.ts';
import { SECOND } from '../../model/duration.ts';
import type { ReceiverCircuit } from '../../model/notification.ts';
import type { Verdict } from '../../notify/verdict.ts';
import type { Versioned } from '../../ports.ts';
import type { DeliverDeps } from './deps.ts';

type CircuitDeps = Pick<DeliverDeps, 'circuits' | 'notificationLog' | 'queue' | 'clock'>;

/** How a receiver does, as every worker knows it. */
export interface Standing {
  readonly gone: boolean;
  /** Milliseconds that nobody should ask it. */
  readonly pause: number;
  readonly dead: boolean;
  /** One asks before the others: see {@link waitForProbe}. */
  readonly probed: boolean;
}

/** Longer than a try takes. */
const PROBE = 30 * SECOND;

const WELL: Standing = { gone: false, pause: 0, dead: false, probed: false };

/** Addresses of webhooks are secrets: only this of them is stored. */
function addressOf({ url, to = [] }: Receiver): string {
  return createHash('sha256')
    .update(JSON.stringify([url, to]))
    .digest('hex')
    .slice(0, 16);
}

export async function standingOf(receiver: Receiver, { circuits, clock }: CircuitDeps): Promise<Standing> {
  const circuit = (await circuits?.read(receiver.name))?.value ?? null;
  if (circuit === null) return WELL;
  const [now, address] = [clock.now(), addressOf(receiver)];
  return {
    gone: isGone(circuit, address),
    pause: pauseOf(circuit, now),
    dead: isDead(circuit, address, now),
    probed: circuit.openUntil !== null,
  };
}

/**
 * Of a receiver that was left alone long enough one try finds out how it does, and the others wait for that: trying all at once would keep
 * workers busy with a receiver that may still answer nobody. Resolves to the ms to wait, 0 for the one.
 */
export async function waitForProbe({ name }: Receiver, { circuits, clock }: CircuitDeps): Promise<number> {
  const { value = null, version = null } = (await circuits?.read(name)) ?? {};
  if (circuits === undefined || value === null || value.openUntil === null) return 0;
  const now = clock.now();
  const first = value.openUntil <= now && (await circuits.replace({ ...value, openUntil: now + PROBE }, version));
  return first ? 0 : PROBE;
}

/**
 * Keeps what a try came to. A receiver that turns out dead is an alert of its own, and the end of that one when it answers again. The
 * alert comes before the record: a crash between tells it twice under one id. Resolves to whether the receiver has just died.
 */
export async function heard(receiver: Receiver, verdict: Verdict, deps: CircuitDeps): Promise<boolean> {
  const { circuits, clock } = deps;
  if (circuits === undefined) return false;
  const { value, version }: Versioned<ReceiverCircuit | null> = await circuits.read(receiver.name);
  const known = value ?? closedCircuit(receiver.name);
  if (verdict.kind === 'delivered') {
    if (value === null || known.failures === 0) return false;
    if (known.alerted) await tell(receiverRecovered(receiver, known, clock.now()), deps);
    await circuits.replace(closedCircuit(receiver.name), version);
    return false;
  }
  const [now, address] = [clock.now(), addressOf(receiver)];
  const failed = afterFailure(known, verdict.kind === 'try again', now);
  const gone = verdict.kind === 'give up' && verdict.code === 'TCN-N005' ? { at: now, address } : failed.gone;
  const next = { ...failed, gone };
  const died = isDead(next, address, now) && !known.alerted;
  if (died) {
    const error = `${verdict.code} ${verdict.detail}`;
    await tell(receiverFails({ receiver, circuit: next, error, waiting: await waitingFor(receiver, deps) }, now), deps);
  }
  const written = await circuits.replace({ ...next, alerted: known.alerted || died }, version);
  return died && written;
}

/** How many notifications to a receiver are not confirmed. Read once in its episode: when it is found dead. */
async function waitingFor({ name }: Receiver, { notificationLog }: CircuitDeps): Promise<number> {
  return (await notificationLog.all()).filter(({ receiver, pending }) => receiver === name && pending !== null).length;
}

function tell(transition: Transition, { queue }: CircuitDeps): Promise<void> {
  return queue.send({ kind: 'transitions', transitions: [transition] });
}
