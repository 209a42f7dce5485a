/*
 * Where a record lies in a storage account to which diagnostics are archived. The hour in a path is the hour in which the record was
 * received, not the one in which it happened. Platform metrics keep their dimensions only in `tocsin-metrics`, which is ours.
 */

const HOUR = 3_600_000;

export const METRICS_FOLDER = 'tocsin-metrics';
export const ACTIVITY_FOLDER = 'insights-activity-logs';
export const LOGS_PREFIX = 'insights-logs-';

/** `insights-logs-{category}/resourceId=/SUBSCRIPTIONS/…/y=…/m=…/d=…/h=…/m=00/PT1H.json`, relative to the archive. */
export function logPath(category: string, resourceId: string, receivedAt: number): string {
  return `${LOGS_PREFIX}${category.toLowerCase()}/${resourceFolder(resourceId)}/${hourFolders(receivedAt)}/m=00/PT1H.json`;
}

/** The activity log's path; `scope` is `/subscriptions/{id}`. */
export function activityPath(scope: string, receivedAt: number): string {
  return `${ACTIVITY_FOLDER}/${resourceFolder(scope)}/${hourFolders(receivedAt)}/m=00/PT1H.json`;
}

export function metricPath(time: number): string {
  return `${METRICS_FOLDER}/${hourFolders(time)}/PT1H.json`;
}

/** Start of the hour that a path names, in epoch ms; `null` where it names none. */
export function hourOfPath(path: string): number | null {
  const match = /(?:^|\/)y=(\d{4})\/m=(\d{2})\/d=(\d{2})\/h=(\d{2})(?:\/|$)/.exec(path);
  if (match === null) return null;
  const [, year, month, day, hour] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour);
}

export function hourStart(time: number): number {
  return Math.floor(time / HOUR) * HOUR;
}

function resourceFolder(resourceId: string): string {
  return `resourceId=/${resourceId.replace(/^\/+/, '').toUpperCase()}`;
}

function hourFolders(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `y=${year}/m=${month}/d=${day}/h=${clock.slice(0, 2)}`;
}
