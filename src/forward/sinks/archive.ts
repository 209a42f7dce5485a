import { categoryOf } from './filter.ts';
import type { JsonItem } from './item.ts';

/**
 * Where a record lies in a storage account to which Azure archives diagnostics: the container, then the blob. The hour is the one in
 * which the record was received (epoch ms). Activity logs lie by subscription, metrics apart from logs.
 */
export function archivePathOf({ record }: Pick<JsonItem, 'record'>, receivedAt: number): string {
  const scope = record.kind === 'activity log' ? subscriptionOf(record.resourceId) : record.resourceId;
  return `${containerOf(record)}/resourceId=/${scope.replace(/^\/+/, '').toUpperCase()}/${hourFolders(receivedAt)}/m=00/PT1H.json`;
}

function containerOf(record: JsonItem['record']): string {
  if (record.kind === 'platform metric') return 'insights-metrics-pt1m';
  if (record.kind === 'activity log') return 'insights-activity-logs';
  const category = categoryOf(record).toLowerCase();
  // The names of containers: letters, digits and single hyphens, 3 to 63 of them.
  const name = category.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return `insights-logs-${name === '' ? 'none' : name.slice(0, 48).replace(/-+$/, '')}`;
}

function subscriptionOf(resourceId: string): string {
  return /^\/?subscriptions\/[^/]+/i.exec(resourceId)?.[0] ?? resourceId;
}

function hourFolders(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `y=${year}/m=${month}/d=${day}/h=${clock.slice(0, 2)}`;
}
