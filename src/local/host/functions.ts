import { asTocsinError, type TocsinError } from '../../model/errors.ts';
import type { Binding, RegisteredFunction } from './core-api.ts';
import { triggerName } from './invoker.ts';
import { type AppSettings, resolved } from './settings.ts';

type TriggerKind = 'timer' | 'queue' | 'eventHub' | 'http';

/** A function as it was registered. */
export interface HostFunction {
  readonly name: string;
  /** The type of its trigger without the word: `timer`, `queue`, `eventHub`, `http`, or one that the local host does not know. */
  readonly trigger: TriggerKind | (string & {});
  /** The trigger and every other binding by name, `%SETTING%`s as written. */
  readonly bindings: Readonly<Record<string, Binding>>;
  /** The trigger's binding with its settings resolved; `null` if one is missing. */
  readonly resolved: Binding | null;
  /** Why the function is not run. The others are. */
  readonly error: TocsinError | null;
}

export function describeFunction({ metadata }: RegisteredFunction, settings: AppSettings): HostFunction {
  const { name, bindings } = metadata;
  const binding = bindings[triggerName(bindings)] as Binding;
  const described = { name, trigger: binding.type.replace(/trigger$/i, ''), bindings };
  try {
    return { ...described, resolved: resolved(binding, settings), error: null };
  } catch (thrown) {
    return { ...described, resolved: null, error: asTocsinError(thrown) };
  }
}
