import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { alertSend } from './alerting/alert-send.ts';
import { alertState, alertStateRestore } from './alerting/alert-state.ts';
import { failingPeriods, logAlert, logAlertResolve, metricAlert } from './alerting/azure.ts';
import { burnRate } from './alerting/burn-rate.ts';
import { burnRateDecision } from './alerting/burn-rate-decision.ts';
import { type AlertingCase, failed, REASONS, unsupported, type Verdict } from './alerting/case.ts';
import { checkIn, checkInDeadline } from './alerting/check-in.ts';
import { dedupDecision } from './alerting/dedup-decision.ts';
import { deliveryRetry } from './alerting/delivery-retry.ts';
import { dynamicThresholdGate } from './alerting/dynamic-threshold.ts';
import { eventRule } from './alerting/event-rule.ts';
import { inhibit } from './alerting/inhibit.ts';
import { digest, notifySim } from './alerting/notify-sim.ts';
import { payloadMap } from './alerting/payload-map.ts';
import { ratioPredicate, thresholdPredicate } from './alerting/predicate.ts';
import { processingRule } from './alerting/processing-rule.ts';
import { realert } from './alerting/realert.ts';
import { alertStateResults } from './alerting/results.ts';
import { routeMatch } from './alerting/route-match.ts';
import { silenceMatch, silenceUpdate } from './alerting/silence.ts';
import { timeInterval, timeMute } from './alerting/time-interval.ts';
import { webhookSignature } from './alerting/webhook-signature.ts';
import { webhookVerify } from './alerting/webhook-verify.ts';

/** How each kind of case is run through the product. A kind that is not here is not run yet. */
const KINDS: Readonly<Record<string, (one: AlertingCase) => Promise<Verdict>>> = {
  'alert-state': alertState,
  'alert-state-restore': alertStateRestore,
  'alert-state-results': alertStateResults,
  'alert-send': alertSend,
  'event-rule': eventRule,
  'threshold-predicate': thresholdPredicate,
  'ratio-predicate': ratioPredicate,
  'log-alert': logAlert,
  'log-alert-resolve': logAlertResolve,
  'metric-alert': metricAlert,
  'failing-periods': failingPeriods,
  'dynamic-threshold-gate': dynamicThresholdGate,
  'burn-rate': burnRate,
  'burn-rate-decision': burnRateDecision,
  checkin: checkIn,
  'checkin-deadline': checkInDeadline,
  'dedup-decision': dedupDecision,
  inhibit,
  'silence-match': silenceMatch,
  'silence-update': silenceUpdate,
  'route-match': routeMatch,
  'time-interval': timeInterval,
  'time-mute': timeMute,
  realert,
  digest,
  'delivery-retry': deliveryRetry,
  'processing-rule': processingRule,
  'payload-map': payloadMap,
  'webhook-signature': webhookSignature,
  'webhook-verify': webhookVerify,
  'notify-sim': notifySim,
};

interface Counts {
  passed: number;
  failed: number;
  unsupported: number;
}

export interface AlertingSummary extends Counts {
  readonly byKind: Readonly<Record<string, Counts>>;
  /** Every case that did not pass; `why` of an unsupported one begins with that word and has the reason. */
  readonly failures: readonly { readonly id: string; readonly why: string }[];
}

/** Judges one case; what cannot even be run has failed. */
export async function judgeCase(one: AlertingCase): Promise<Verdict> {
  const run = Object.hasOwn(KINDS, one.kind) ? KINDS[one.kind] : undefined;
  if (run === undefined) return unsupported('not yet');
  try {
    return await run(one);
  } catch (thrown) {
    return failed(`threw ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

export async function readCases(folder: string): Promise<readonly AlertingCase[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as AlertingCase));
}

export async function runAlertingCases(folder: string): Promise<AlertingSummary> {
  const totals: Counts = { passed: 0, failed: 0, unsupported: 0 };
  const byKind: Record<string, Counts> = {};
  const failures: { id: string; why: string }[] = [];
  for (const one of await readCases(folder)) {
    const verdict = await judgeCase(one);
    byKind[one.kind] ??= { passed: 0, failed: 0, unsupported: 0 };
    const counts = byKind[one.kind];
    totals[verdict.result] += 1;
    if (counts !== undefined) counts[verdict.result] += 1;
    if (verdict.result === 'failed') failures.push({ id: one.id, why: verdict.why });
    if (verdict.result === 'unsupported') {
      const detail = verdict.detail === undefined ? '' : ` (${verdict.detail})`;
      failures.push({ id: one.id, why: `unsupported: ${REASONS[verdict.reason]}${detail}` });
    }
  }
  return { ...totals, byKind, failures };
}

/** `DIR [--output text|json]`: 0 when nothing failed. */
export async function run(args: readonly string[]): Promise<number> {
  const at = args.indexOf('--output');
  const [folder] = args.filter((arg, index) => !arg.startsWith('--') && (at < 0 || index !== at + 1));
  if (folder === undefined) {
    process.stderr.write('which folder of cases?\n');
    return 2;
  }
  const summary = await runAlertingCases(folder);
  process.stdout.write(args[at + 1] === 'json' && at >= 0 ? `${JSON.stringify(summary, null, 1)}\n` : textOf(summary));
  return summary.failed === 0 ? 0 : 1;
}

function textOf({ passed, failed: wrong, unsupported: not, byKind, failures }: AlertingSummary): string {
  const kinds = Object.entries(byKind).map(
    ([kind, counts]) => `${kind.padEnd(24)} ${counts.passed} passed, ${counts.failed} failed, ${counts.unsupported} unsupported`,
  );
  const rest = failures.map(({ id, why }) => `${id}: ${why}`);
  return `${[...kinds, ...rest, `${passed} passed, ${wrong} failed, ${not} unsupported`].join('\n')}\n`;
}
