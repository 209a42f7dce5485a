import type { Alert, Transition } from '../model/alert.ts';
import type { Receiver } from '../model/config.ts';
import { formatDuration, HOUR } from '../model/duration.ts';
import { fingerprint } from '../model/fingerprint.ts';
import { instantText } from '../model/instant.ts';
import type { ReceiverCircuit } from '../model/notification.ts';
import { DEAD_AFTER } from './circuit.ts';

const RECEIVER_FAILING = 'TocsinReceiverFailing';
const TARGET = 'tocsin';
const RESPONSE = { owner: 'whoever runs Tocsin', within: HOUR, runbook: null };

/** What is known of a receiver that takes nothing. */
export interface Failing {
  readonly receiver: Pick<Receiver, 'name' | 'kind' | 'fallback'>;
  readonly circuit: ReceiverCircuit;
  /** Of the newest try, with its code. */
  readonly error: string;
  /** Notifications to it that are not confirmed. */
  readonly waiting: number;
}

/** That a receiver takes no notifications, as an alert of Tocsin's own. */
export function receiverFails({ receiver, circuit, error, waiting }: Failing, now: number): Transition {
  const { name, kind, fallback } = receiver;
  const since = circuit.failingSince ?? now;
  const tries = circuit.failures === 1 ? 'the try' : `${circuit.failures} tries in a row`;
  const wait = waiting === 1 ? '1 notification waits' : `${waiting} notifications wait`;
  const instead = fallback === undefined ? 'nobody is told instead' : `${fallback} is told instead`;
  return transitionOf('fired', receiver, since, now, {
    details: {
      kind,
      error,
      waiting: String(waiting),
      fallback: fallback ?? 'none',
    },
    value: circuit.failures,
    condition: conditionOf(circuit),
    summary: `Receiver ${name} (${kind}) has taken nothing since ${minuteOf(since)} UTC: ${tries} failed, the last with ${error}. ${wait} for it; ${instead}.`,
    response: {
      ...RESPONSE,
      action: `${
        circuit.gone === null
          ? `Try \`tocsin send ${name}\`, then mend its address, its secret or the service behind it.`
          : `Give ${name} its new address: the old one says that it is gone, and is asked no more.`
      } What waits is sent once it answers, up to 24 hours after it was decided.`,
      steps: fallback === undefined ? [`Until then tell those who rely on ${name}, or set its \`fallback\``] : [],
    },
  });
}

/** That it takes notifications again. */
export function receiverRecovered(receiver: Failing['receiver'], circuit: ReceiverCircuit, now: number): Transition {
  const since = circuit.failingSince ?? now;
  return transitionOf('resolved', receiver, since, now, {
    status: 'resolved',
    reason: 'recovered',
    endsAt: now,
    value: 0,
    condition: conditionOf(circuit),
    summary: `Receiver ${receiver.name} (${receiver.kind}) takes notifications again, after ${formatDuration(now - since)}.`,
  });
}

function conditionOf({ gone, lost }: ReceiverCircuit): string {
  if (gone !== null) return 'its address is gone';
  return lost ? 'a notification is refused for good' : `every try of ${formatDuration(DEAD_AFTER)} fails`;
}

/** Told twice, it has the same id. */
function transitionOf(
  kind: 'fired' | 'resolved',
  { name }: Failing['receiver'],
  since: number,
  now: number,
  over: Pick<Alert, 'summary' | 'condition' | 'value'> & Partial<Alert>,
): Transition {
  const labels = { receiver: name };
  const alert: Alert = {
    fingerprint: fingerprint(RECEIVER_FAILING, TARGET, labels),
    rule: RECEIVER_FAILING,
    target: TARGET,
    labels,
    severity: 1,
    status: 'firing',
    reason: 'breach',
    activeAt: since,
    startsAt: since,
    endsAt: null,
    response: { ...RESPONSE, action: 'Nothing: what waited is being sent.', steps: [] },
    evidence: { points: [], threshold: null, unit: 'number', valueIn: 'failed tries' },
    history: [],
    updatedAt: now,
    source: `receiver ${name} of tocsin.yaml`,
    own: true,
    ...over,
  };
  return { id: `${alert.fingerprint}-${since}-${kind}`, kind, at: now, alert };
}

function minuteOf(time: number): string {
  return instantText(time).slice(0, 16).replace('T', ' ');
}
