/** A turn of the event loop, as any real call takes one: races between two callers then happen here too. Kept from fake timers. */
const turn = setImmediate;

/** When an injected failure strikes: before the call did anything, or after it took effect but before its answer arrived. */
export type FaultMoment = 'before' | 'after';

interface Fault {
  readonly method: string;
  readonly error: Error;
  readonly moment: FaultMoment;
}

/** What every in-memory twin can do: fail the next call of a method. Each injected failure strikes once, in the order given. */
export class Faulty {
  #faults: Fault[] = [];

  failNext(method: string, error: Error, moment: FaultMoment = 'before'): void {
    this.#faults.push({ method, error, moment });
  }

  protected async run<Result>(method: string, work: () => Result, signal?: AbortSignal): Promise<Result> {
    signal?.throwIfAborted();
    await new Promise((resolve) => turn(resolve));
    const fault = this.#take(method);
    if (fault?.moment === 'before') throw fault.error;
    const result = work();
    if (fault !== null) throw fault.error;
    return result;
  }

  #take(method: string): Fault | null {
    const index = this.#faults.findIndex((fault) => fault.method === method);
    return index < 0 ? null : (this.#faults.splice(index, 1)[0] ?? null);
  }
}

/** A value as storage gives it back: a copy that went through JSON. */
export function throughJson<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
