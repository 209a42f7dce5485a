import type { LogAnswer, LogQuery } from '../../../src/model/query.ts';
import type { CallOptions, LogSource } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';

/** Answers as the script says; a script that throws is a source that fails. */
export class ScriptedLogSource extends Faulty implements LogSource {
  readonly asked: LogQuery[] = [];
  script: (query: LogQuery) => LogAnswer;

  constructor(script: (query: LogQuery) => LogAnswer) {
    super();
    this.script = script;
  }

  query(query: LogQuery, options?: CallOptions): Promise<LogAnswer> {
    this.asked.push(query);
    return this.run('query', () => this.script(query), options?.signal);
  }
}
