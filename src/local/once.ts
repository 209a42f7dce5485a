import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AlertJson, StatusJson } from '../console/status.ts';
import type { VirtualClock } from './clock/virtual.ts';
import type { RunLog } from './run-log.ts';
import { askStatus } from './status.ts';
import type { World } from './world.ts';

/** What `start --once --output json` prints; see docs/cli.md. Times are RFC 3339, `elapsedMs` is wall time. */
export interface OnceSummary {
  readonly ok: boolean;
  /** Why not, in words; empty when `ok`. */
  readonly problems: readonly string[];
  readonly scenario: string;
  readonly evaluations: number;
  readonly windows: number;
  readonly alerts: readonly {
    readonly rule: string;
    readonly severity: number;
    readonly labels: Readonly<Record<string, string>>;
    readonly firedAt: string;
    readonly resolvedAt: string | null;
    readonly deliveries: number;
  }[];
  readonly notifications: { readonly sent: number; readonly failed: number; readonly duplicates: number };
  /** Rules whose data came late, and how late, in the words of the evaluation log. */
  readonly late: readonly string[];
  readonly digest: { readonly html: string | null; readonly findings: number };
  readonly forwarded: {
    readonly events: number;
    readonly records: number;
    readonly quarantined: number;
    readonly sinkRequests: number;
  };
  readonly elapsedMs: number;
}

const MINUTE = 60_000;
/** Minutes of the scenario between two looks at the app's status. */
const LOOK_EVERY = 5;

/** Runs a world's scenario on its own clock until everything it should show has been shown, or its length is over. */
export async function runOnce(
  world: World,
  runLog: RunLog,
  dataDir: string,
  onMinute: (minute: number, of: number) => void,
): Promise<OnceSummary> {
  const began = performance.now();
  const clock = world.clock as VirtualClock;
  const { run } = world.traffic;
  const end = run.startedAt + world.scenario.length * MINUTE;
  let status: StatusJson | null = null;
  while (clock.now() < end) {
    await clock.runTo(Math.min(end, clock.now() + LOOK_EVERY * MINUTE));
    onMinute(Math.round((clock.now() - run.startedAt) / MINUTE), world.scenario.length);
    status = await askStatus(world.consoleUrl, world.host.key);
    if (isComplete(world, status)) break;
  }
  status ??= await askStatus(world.consoleUrl, world.host.key);
  const digestPath = await saveDigest(world, status, dataDir);
  return summarise(world, status, runLog, digestPath, performance.now() - began);
}

function isComplete({ scenario, traffic }: World, status: StatusJson): boolean {
  if (scenario.expects === null) return false;
  const { resolved, open } = status.alerts;
  const digest = status.digests?.find((each) => Date.parse(each.window.end) > traffic.run.startedAt);
  return (
    digest !== undefined &&
    digest.alerts > 0 &&
    (resolved ?? []).some((alert) => alert.rule === scenario.expects?.alert) &&
    (open ?? []).length === 0 &&
    status.notifications?.pending === 0 &&
    everythingForwarded(traffic.streamed.records, status)
  );
}

function everythingForwarded(streamed: number, { forwarding }: StatusJson): boolean {
  return forwarding !== null && forwarding.records + forwarding.quarantined === streamed;
}

async function saveDigest(world: World, status: StatusJson, dataDir: string): Promise<string | null> {
  const newest = status.digests?.find((digest) => digest.name === 'daily') ?? status.digests?.[0];
  if (newest === undefined) return null;
  const page = await fetch(world.consoleUrl + newest.path);
  if (!page.ok) return null;
  const path = join(dataDir, 'digest.html');
  await writeFile(path, await page.text());
  return path;
}

function summarise(world: World, status: StatusJson, runLog: RunLog, html: string | null, elapsed: number): OnceSummary {
  const alerts = [...(status.alerts.open ?? []), ...(status.alerts.resolved ?? [])];
  const { sent, duplicates } = runLog.deliveries;
  const { events = 0, records = 0, quarantined = 0, sinkRequests = 0 } = status.forwarding ?? {};
  const problems = problemsOf(world, status, alerts, html, duplicates);
  return {
    ok: problems.length === 0,
    problems,
    scenario: world.scenario.name,
    evaluations: runLog.evaluations,
    windows: runLog.windows,
    alerts: alerts.map((alert) => ({
      rule: alert.rule,
      severity: alert.severity,
      labels: alert.labels,
      firedAt: alert.startsAt,
      resolvedAt: alert.endsAt,
      deliveries: alert.deliveries,
    })),
    notifications: { sent, failed: status.notifications?.failed ?? 0, duplicates },
    late: runLog.late,
    digest: { html, findings: status.digests?.find((digest) => digest.name === 'daily')?.findings ?? 0 },
    forwarded: { events, records, quarantined, sinkRequests },
    elapsedMs: Math.round(elapsed),
  };
}

function problemsOf(
  { scenario, traffic }: World,
  status: StatusJson,
  alerts: readonly AlertJson[],
  html: string | null,
  duplicates: number,
): readonly string[] {
  const problems: string[] = [];
  const { expects } = scenario;
  const isExpected = (alert: AlertJson): boolean =>
    expects !== null && alert.rule === expects.alert && Object.values(alert.labels).includes(expects.key);
  const expected = alerts.filter(isExpected);
  if (expects !== null && expected.length === 0) problems.push(`${expects.alert} did not fire for ${expects.key}`);
  for (const alert of expected) {
    if (alert.status !== 'resolved') problems.push(`${alert.rule} did not resolve`);
    if (alert.deliveries < 2)
      problems.push(`${alert.rule} was delivered ${alert.deliveries} times instead of twice: fired and resolved`);
  }
  for (const alert of alerts.filter((each) => !isExpected(each))) {
    problems.push(`${alert.rule} fired for ${JSON.stringify(alert.labels)} although nothing was wrong there`);
  }
  if (html === null) problems.push('no digest was published');
  if (duplicates > 0) problems.push(`${duplicates} deliveries were confirmed twice`);
  if ((status.notifications?.pending ?? 0) > 0) problems.push(`${status.notifications?.pending} notifications still wait`);
  if (!everythingForwarded(traffic.streamed.records, status)) {
    problems.push(`${traffic.streamed.records} records were streamed, ${status.forwarding?.records ?? 0} forwarded`);
  }
  for (const error of status.errors) problems.push(`${error.code} ${error.part}: ${error.detail}`);
  return problems;
}
