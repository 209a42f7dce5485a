import { randomUUID } from 'node:crypto';
import { TocsinError } from '../../model/errors.ts';
import type { Log } from '../../ports.ts';
import type { LocalClock } from '../clock/clock.ts';
import type {
  CoreContext,
  CoreLog,
  FunctionCallback,
  InvocationRequest,
  InvocationResponse,
  RegisteredFunction,
  Registry,
  RetryContext,
} from './core-api.ts';
import type { TriggerMetadata, TypedData } from './typed-data.ts';

/** What a trigger hands to a function. */
export interface TriggerInput {
  readonly data: TypedData;
  readonly metadata: TriggerMetadata;
}

export type Outcome =
  | { readonly ok: true; readonly response: InvocationResponse }
  | { readonly ok: false; readonly error: unknown };

/** One invocation that has ended, for whoever watches the host. */
export interface InvocationRecord {
  readonly function: string;
  readonly invocationId: string;
  /** By the host's clock, epoch ms. */
  readonly startedAt: number;
  /** By the wall, ms. */
  readonly elapsed: number;
  /** What failed it; `null` if it succeeded. */
  readonly error: unknown;
}

export interface InvokerOptions {
  readonly registry: Registry;
  readonly clock: LocalClock;
  readonly log: Log;
  /** Ms that an invocation may take; `null`: no limit. */
  readonly functionTimeout: number | null;
  /** Writes what the function put into its output bindings; called after a success only. */
  readonly outputs: (fn: RegisteredFunction, response: InvocationResponse) => Promise<void>;
  readonly onInvocation: (record: InvocationRecord) => void;
  readonly onFatal: (error: unknown) => void;
}

/** Runs invocations as the worker does: arguments, hooks, handler, hooks, response. */
export class Invoker {
  readonly #options: InvokerOptions;

  constructor(options: InvokerOptions) {
    this.#options = options;
  }

  /** Time stands still meanwhile. A handler that throws is an outcome. One that takes too long is the end of the process, as in Azure. */
  invoke(fn: RegisteredFunction, input: TriggerInput, retryContext?: RetryContext): Promise<Outcome> {
    return this.#options.clock.busy(() => this.#invoke(fn, input, retryContext));
  }

  async #invoke(fn: RegisteredFunction, input: TriggerInput, retryContext?: RetryContext): Promise<Outcome> {
    const { clock, functionTimeout, onFatal, onInvocation, log } = this.#options;
    const { name } = fn.metadata;
    const invocationId = randomUUID();
    const startedAt = clock.now();
    const began = performance.now();
    const timer =
      functionTimeout === null
        ? undefined
        : setTimeout(() => {
            onFatal(new TocsinError('TCN-L008', `${name} ran longer than functionTimeout, ${functionTimeout / 1000} s`));
          }, functionTimeout);
    let outcome: Outcome;
    try {
      const response = await this.#run(fn, invocationId, input, retryContext);
      await this.#options.outputs(fn, response);
      outcome = { ok: true, response };
    } catch (error) {
      log.error({ function: name, invocationId, err: error }, 'invocation failed');
      outcome = { ok: false, error };
    } finally {
      clearTimeout(timer);
    }
    const elapsed = performance.now() - began;
    onInvocation({ function: name, invocationId, startedAt, elapsed, error: outcome.ok ? null : outcome.error });
    return outcome;
  }

  async #run(
    { metadata, callback }: RegisteredFunction,
    invocationId: string,
    input: TriggerInput,
    retryContext?: RetryContext,
  ): Promise<InvocationResponse> {
    const { registry } = this.#options;
    if (registry.model === null) throw new TocsinError('TCN-L005', 'the app set no programming model');
    const request: InvocationRequest = {
      invocationId,
      functionId: metadata.name,
      inputData: [{ name: triggerName(metadata.bindings), data: input.data }],
      triggerMetadata: input.metadata,
      retryContext,
    };
    const core: CoreContext = {
      invocationId,
      metadata,
      request,
      log: this.#coreLog(metadata.name, invocationId),
      state: undefined,
    };
    const model = registry.model.getInvocationModel(core);
    const { context, inputs } = await model.getArguments();

    const shared = { hookData: {}, invocationContext: context };
    const before = { ...shared, inputs, functionCallback: callback };
    await this.#hooks(core, 'preInvocation', before);
    const after: { inputs: unknown[]; result: unknown; error: unknown } = {
      ...shared,
      inputs: before.inputs,
      result: null,
      error: null,
    };
    core.state = 'invocation';
    try {
      after.result = await model.invokeFunction(context, before.inputs, before.functionCallback as FunctionCallback);
    } catch (error) {
      after.error = error ?? new Error(`${metadata.name} threw ${String(error)}`);
    } finally {
      core.state = undefined;
    }
    await this.#hooks(core, 'postInvocation', after);
    if (after.error !== null && after.error !== undefined) throw after.error;
    return model.getResponse(context, after.result);
  }

  async #hooks(core: CoreContext, name: 'preInvocation' | 'postInvocation', context: object): Promise<void> {
    core.state = `${name}Hooks`;
    try {
      for (const hook of this.#options.registry.hooks[name]) await hook(context);
    } finally {
      core.state = undefined;
    }
  }

  #coreLog(name: string, invocationId: string): CoreLog {
    return (level, category, message) => this.#write(level, { function: name, invocationId, category }, message);
  }

  #write(level: string, fields: object, message: string): void {
    const { log } = this.#options;
    if (level === 'error' || level === 'critical') log.error(fields, message);
    else if (level === 'warning') log.warn(fields, message);
    else if (level === 'information') log.info(fields, message);
    else log.debug(fields, message);
  }
}

/** The name of the binding that starts the function. */
export function triggerName(bindings: RegisteredFunction['metadata']['bindings']): string {
  const found = Object.entries(bindings).find(([, { type }]) => type.toLowerCase().endsWith('trigger'));
  if (found === undefined) throw new TocsinError('TCN-L005', 'a function without a trigger');
  return found[0];
}
