/** What kills an invocation: everything that it calls afterwards fails too, as in a process that is gone. */
class Died extends Error {
  override readonly name = 'Died';
}

/** Whether the call that is about to be made is the invocation's last one, and whether it still takes effect. */
export type Fate = 'survives' | 'dies before' | 'dies after';

/** One run of a handler by a host that may die between any two calls to the outside. */
export class Life {
  #dead = false;
  readonly #fate: () => Fate;
  readonly #turns: () => number;

  /** `turns`: how many turns of the event loop each call takes on its way, so that runs overtake each other. */
  constructor(fate: () => Fate, turns: () => number) {
    this.#fate = fate;
    this.#turns = turns;
  }

  /** A port whose calls end with this life. */
  mortal<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => this.#call(() => Reflect.apply(member, target, args));
      },
    });
  }

  async #call(work: () => unknown): Promise<unknown> {
    if (this.#dead) throw new Died();
    const fate = this.#fate();
    for (let turn = this.#turns(); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
    if (fate === 'dies before') this.#dead = true;
    if (this.#dead) throw new Died();
    const result = await work();
    if (fate === 'dies after') this.#dead = true;
    if (this.#dead) throw new Died();
    return result;
  }
}
