import { Cron } from 'croner';
import { HOUR, parseDuration } from '../model/duration.ts';
import type { CheckInCondition, CheckInSchedule, HeartbeatSignal } from '../model/rule.ts';
import { HEARTBEAT_TYPE, heartbeatTarget, type TargetSelector } from '../model/target.ts';
import type { RawHeartbeat, RawRule } from './schema.ts';
import type { Scope } from './scope.ts';

/** The label that names the job. */
export const HEARTBEAT_LABEL = 'heartbeat';

const GRACE = HOUR;

export interface ResolvedHeartbeat {
  readonly signal: HeartbeatSignal;
  readonly on: TargetSelector;
  readonly condition: CheckInCondition;
}

/** What means nothing beside a check-in. */
const OTHER_KEYS = [
  'on',
  'when',
  'relativeTo',
  'burnRate',
  'changed',
  'absent',
  'forecast',
  'window',
  'clear',
  'floor',
  'failing',
  'delay',
] as const;

/** Checks a heartbeat; `null` after a diagnostic. */
export function resolveHeartbeat(raw: RawRule, heartbeat: RawHeartbeat, scope: Scope): ResolvedHeartbeat | null {
  for (const key of OTHER_KEYS) {
    if (raw[key] === undefined) continue;
    const hint = key === 'on' ? 'a heartbeat watches the job of its id' : 'remove it';
    scope.report('TCN-R009', [key], `\`${key}\` does not go with \`heartbeat\``, { key: true, hint });
  }
  const schedule = scheduleOf(heartbeat, scope);
  const grace = heartbeat.grace === undefined ? GRACE : (parseDuration(heartbeat.grace) ?? GRACE);
  const maxRun = heartbeat.maxRun === undefined ? grace : (parseDuration(heartbeat.maxRun) ?? grace);
  if (schedule === null || scope.failed()) return null;
  const ids = Array.isArray(heartbeat.id) ? heartbeat.id : [heartbeat.id];
  return {
    signal: { kind: 'heartbeat', by: [HEARTBEAT_LABEL] },
    on: { type: HEARTBEAT_TYPE, ids: ids.map(heartbeatTarget) },
    condition: { kind: 'heartbeat', schedule, grace, maxRun },
  };
}

function scheduleOf({ period, cron, zone }: RawHeartbeat, scope: Scope): CheckInSchedule | null {
  if ((period === undefined) === (cron === undefined)) {
    scope.report('TCN-R009', ['heartbeat'], 'a heartbeat has either `period` or `cron`', { key: true });
    return null;
  }
  if (cron === undefined) {
    if (zone !== undefined) scope.report('TCN-R009', ['heartbeat', 'zone'], '`zone` goes with `cron` only', { key: true });
    const ms = parseDuration(period ?? '') ?? 0;
    if (ms <= 0) scope.report('TCN-R007', ['heartbeat', 'period'], '`period` must be longer than nothing');
    return { kind: 'period', period: ms };
  }
  try {
    const parsed = new Cron(cron, { timezone: zone ?? 'UTC', mode: '5-part', paused: true });
    if (parsed.nextRun() === null) scope.report('TCN-R009', ['heartbeat', 'cron'], 'its time never comes');
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message.replace(/^Cron\w+: /, '') : String(thrown);
    const path = /time ?zone/i.test(reason) ? ['heartbeat', 'zone'] : ['heartbeat', 'cron'];
    scope.report('TCN-R009', path, `not a schedule: ${reason}`, {
      hint: 'minute, hour, day, month, day of the week: "0 2 * * 1-5"',
    });
    return null;
  }
  return { kind: 'cron', cron, zone: zone ?? 'UTC' };
}
