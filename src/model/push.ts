import type { Labels } from './labels.ts';

/** An alert as another system pushes it, again and again while it fires. */
export interface PushedAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Epoch ms. */
  readonly startsAt: number;
  /** When it ended or, with `timeout`, when it will count as over unless it is pushed again. */
  readonly endsAt: number;
  readonly timeout: boolean;
  /** Where it comes from; empty where that is not said. */
  readonly generatorUrl?: string;
}

/** What is remembered of a pushed alert that fires. */
export interface Push {
  readonly fingerprint: string;
  readonly pushed: PushedAlert;
  /** The start by which receivers know the episode: later pushes may say an earlier one. */
  readonly episode: number;
}
