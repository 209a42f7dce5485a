import type { MetricAnswer, MetricQuery } from '../../../src/model/query.ts';
import type { CallOptions, MetricSource } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';

/** Answers as the script says; a script that throws is a source that fails. */
export class ScriptedMetricSource extends Faulty implements MetricSource {
  readonly asked: MetricQuery[] = [];
  script: (query: MetricQuery) => MetricAnswer;

  constructor(script: (query: MetricQuery) => MetricAnswer) {
    super();
    this.script = script;
  }

  read(query: MetricQuery, options?: CallOptions): Promise<MetricAnswer> {
    this.asked.push(query);
    return this.run('read', () => this.script(query), options?.signal);
  }
}
