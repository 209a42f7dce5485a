import type { Aggregation, Signal } from '../model/rule.ts';

/** How the points of a signal become one value; `null`: the one that is worst with respect to the comparison. */
export function aggregateOf(signal: Signal): Aggregation | null {
  switch (signal.kind) {
    case 'metric':
      return signal.metric.aggregate;
    case 'log':
      return signal.value === null ? 'count' : null;
    case 'stream':
    case 'cost':
      return 'total';
    case 'activity':
    case 'heartbeat':
      return 'count';
    case 'inventory':
      return 'maximum';
  }
}
