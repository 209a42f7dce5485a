import Module from 'node:module';
import type { HttpData, TriggerMetadata, TypedData } from './typed-data.ts';

/*
 * `@azure/functions-core` is no package: the Azure Functions worker answers `require` of that name with an object of its own, to which
 * `@azure/functions` then registers. Whoever does the same drives an app as the worker does, with the app's own library doing all
 * conversions. (https://github.com/Azure/azure-functions-nodejs-worker, src/setupCoreModule.ts)
 */

/** One trigger, input or output as the app registered it, `%SETTING%`s unresolved. */
export interface Binding {
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly name?: string;
  readonly [option: string]: unknown;
}

/** As the library writes it: durations in whole seconds. */
export interface RetryOptions {
  readonly retryStrategy?: 'fixedDelay' | 'exponentialBackoff';
  /** -1: for ever. */
  readonly maxRetryCount?: number;
  readonly delayInterval?: { readonly seconds?: number };
  readonly minimumInterval?: { readonly seconds?: number };
  readonly maximumInterval?: { readonly seconds?: number };
}

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: RetryOptions | undefined;
}

export type FunctionCallback = (...args: unknown[]) => unknown;
export type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log';
export type Hook = (context: object) => unknown;
export type CoreLog = (level: string, category: string, message: string) => void;

export interface RetryContext {
  readonly retryCount: number;
  readonly maxRetryCount: number;
  readonly exception?: { readonly message: string; readonly source: string; readonly stackTrace: string };
}

export interface InvocationRequest {
  readonly invocationId: string;
  readonly functionId: string;
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata: TriggerMetadata;
  readonly retryContext?: RetryContext | undefined;
}

export interface InvocationResponse {
  readonly returnValue?: (TypedData & { readonly http?: HttpData }) | null;
  readonly outputData?: readonly { readonly name: string; readonly data: TypedData }[];
}

/** What the library gives the worker to run an invocation with. */
interface InvocationModel {
  getArguments(): Promise<{ readonly context: object; readonly inputs: unknown[] }>;
  invokeFunction(context: object, inputs: unknown[], handler: FunctionCallback): Promise<unknown>;
  getResponse(context: object, result: unknown): Promise<InvocationResponse>;
}

/** The worker's side of one invocation; `state` is how the library knows that it may still log. */
export interface CoreContext {
  readonly invocationId: string;
  readonly metadata: FunctionMetadata;
  readonly request: InvocationRequest;
  readonly log: CoreLog;
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
}

interface ProgrammingModel {
  getInvocationModel(core: CoreContext): InvocationModel;
  getCapabilities?(worker: Record<string, string>): Record<string, string> | Promise<Record<string, string>>;
}

export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

/** What an app registers while it loads. */
export class Registry {
  readonly functions = new Map<string, RegisteredFunction>();
  readonly hooks: Readonly<Record<HookName, Hook[]>> = {
    appStart: [],
    appTerminate: [],
    preInvocation: [],
    postInvocation: [],
    log: [],
  };
  model: ProgrammingModel | null = null;
  /** Set once the app has started: then nothing more may be registered. */
  locked = false;
}

/** The object that `require('@azure/functions-core')` yields. */
export function coreApi(registry: Registry, log: CoreLog): object {
  return {
    version: '3.14.1',
    hostVersion: '4.1052.200',
    Disposable,
    registerFunction(metadata: FunctionMetadata, callback: FunctionCallback) {
      if (registry.locked) throw new Error('A function can only be registered during app startup.');
      const { name } = metadata;
      if (registry.functions.has(name)) throw new Error(`A function with id "${name}" has already been registered.`);
      registry.functions.set(name, { metadata: { ...metadata }, callback });
      return new Disposable(() => registry.functions.delete(name));
    },
    registerHook(name: HookName, callback: Hook) {
      const hooks = registry.hooks[name];
      if (hooks === undefined) throw new RangeError(`Unrecognized hook "${name}"`);
      hooks.push(callback);
      return new Disposable(() => hooks.splice(hooks.indexOf(callback), 1));
    },
    setProgrammingModel(model: ProgrammingModel) {
      registry.model = model;
    },
    getProgrammingModel: () => registry.model,
    log,
  };
}

class Disposable {
  readonly #dispose: () => unknown;

  constructor(dispose: () => unknown) {
    this.#dispose = dispose;
  }

  static from(...all: readonly { dispose(): unknown }[]): Disposable {
    return new Disposable(() => all.forEach((one) => void one.dispose()));
  }

  dispose(): unknown {
    return this.#dispose();
  }
}

type Require = (this: unknown, id: string) => unknown;

/** Runs `load` while `require('@azure/functions-core')` yields `core`. The library asks once, at its first registration, and keeps it. */
export async function providing<Result>(core: object, load: () => Promise<Result>): Promise<Result> {
  const prototype = Module.prototype as unknown as { require: Require };
  const original = prototype.require;
  prototype.require = function intercepted(id) {
    return id === '@azure/functions-core' ? core : Reflect.apply(original, this, [id]);
  };
  try {
    return await load();
  } finally {
    prototype.require = original;
  }
}
