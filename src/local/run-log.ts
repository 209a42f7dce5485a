/** One line of the app's own structured log. */
export interface AppLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a run did, counted from the log that the app writes anyway. */
export class RunLog {
  readonly #sent: string[] = [];
  readonly #late = new Map<string, string>();
  #evaluations = 0;
  #windows = 0;

  get evaluations(): number {
    return this.#evaluations;
  }

  get windows(): number {
    return this.#windows;
  }

  /** Deliveries that a receiver confirmed, and those of them that carried an id a second time. */
  get deliveries(): { readonly sent: number; readonly duplicates: number } {
    return { sent: this.#sent.length, duplicates: this.#sent.length - new Set(this.#sent).size };
  }

  /** The newest entry of the evaluation log of each rule whose data came late. */
  get late(): readonly string[] {
    return [...this.#late.values()];
  }

  /** Reads a line of the host's log; what is not one of the app's JSON lines is no line of the app. */
  read(level: string, text: string): AppLine | null {
    const line = parse(level, text);
    if (line === null) return null;
    if (line.message === 'judged') {
      this.#evaluations += 1;
      this.#windows += Number(line.fields.windows ?? 0);
    }
    if ((line.message === 'judged' || line.message === 'waiting') && String(line.fields.reason).includes('data late')) {
      const rule = String(line.fields.rule);
      this.#late.set(rule, `${rule}: ${line.fields.reason}`);
    }
    if (line.message === 'notification delivered') this.#sent.push(String(line.fields.id));
    return line;
  }
}

function parse(level: string, text: string): AppLine | null {
  if (!text.startsWith('{')) return null;
  try {
    const { msg, level: _level, ...fields } = JSON.parse(text) as Record<string, unknown>;
    return { level, message: String(msg ?? ''), fields };
  } catch {
    return null;
  }
}
