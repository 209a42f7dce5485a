import { MINUTE, SECOND } from '../model/duration.ts';
import type { Signal } from '../model/rule.ts';

/** How late data usually are: https://learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time */
const METRIC_DELAY = 3 * MINUTE;
const RESOURCE_LOG_DELAY = 10 * MINUTE;
/** From an event's arrival in the hub until it is counted, unless forwarding is known to be behind. */
const STREAM_DELAY = 30 * SECOND;
export const ACTIVITY_LOG_DELAY = 20 * MINUTE;

/** Milliseconds after which nearly all data of a signal have arrived: what `delay: auto` means. */
export function usualDelay(signal: Signal): number {
  if (signal.kind === 'metric' || signal.kind === 'cost') return METRIC_DELAY;
  if (signal.kind === 'stream') return STREAM_DELAY;
  if (signal.kind === 'heartbeat' || signal.kind === 'inventory') return 0;
  if (signal.kind === 'activity') return ACTIVITY_LOG_DELAY;
  return signal.kind === 'log' && signal.table === 'AzureActivity' ? ACTIVITY_LOG_DELAY : RESOURCE_LOG_DELAY;
}
