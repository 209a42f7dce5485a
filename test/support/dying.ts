/** A host that dies at a call of its choice: that call and all that follow never return. */
export class Dying {
  left: number;
  died = false;
  readonly #gone: () => void;
  readonly dead: Promise<void>;

  constructor(calls: number) {
    this.left = calls;
    let gone = (): void => {};
    this.dead = new Promise((resolve) => {
      gone = resolve;
    });
    this.#gone = gone;
  }

  /** `after`: the call reaches the other side, but nobody hears of it. */
  wrap<Target extends object>(target: Target, after: boolean): Target {
    const dying = this;
    return new Proxy(target, {
      get(of, name) {
        const value: unknown = Reflect.get(of, name, of);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          if (dying.died) return new Promise(() => {});
          const last = --dying.left === 0;
          if (last) dying.died = true;
          if (!last || after) {
            const result: unknown = await Reflect.apply(value, of, args);
            if (!last) return dying.died ? new Promise(() => {}) : result;
          }
          dying.#gone();
          return new Promise(() => {});
        };
      },
    });
  }
}
