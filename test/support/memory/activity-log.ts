import type { ActivityEvent } from '../../../src/model/activity.ts';
import type { Window } from '../../../src/model/window.ts';
import type { ActivityLog, CallOptions } from '../../../src/ports.ts';
import { Faulty, throughJson } from './faults.ts';

/** Events by subscription; a test adds those that arrive. `reads` are the spans that were asked for. */
export class MemoryActivityLog extends Faulty implements ActivityLog {
  readonly reads: Window[] = [];
  list: ActivityEvent[];

  constructor(list: readonly ActivityEvent[] = []) {
    super();
    this.list = [...list];
  }

  events(_subscription: string, span: Window, options?: CallOptions): Promise<readonly ActivityEvent[]> {
    this.reads.push(span);
    const found = () => this.list.filter(({ at }) => at >= span.start && at < span.end);
    return this.run('events', () => throughJson(found()), options?.signal);
  }
}
