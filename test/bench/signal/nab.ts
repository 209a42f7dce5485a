/*
 * The scoring rules of the Numenta Anomaly Benchmark (v1.1): a detection inside a labelled window earns more the earlier it is, once a
 * window; outside it costs, less just behind a window; a window without one costs, too. One threshold for all series, the best one.
 */

/** What a false detection and a missed window cost; the first detection of a window earns at most 1. */
export interface Profile {
  readonly falseDetection: number;
  readonly missedWindow: number;
}

export const PROFILES = {
  standard: { falseDetection: 0.11, missedWindow: 1 },
  rewardLowFp: { falseDetection: 0.22, missedWindow: 1 },
  rewardLowFn: { falseDetection: 0.11, missedWindow: 2 },
} as const satisfies Record<string, Profile>;

/** Rows `first … last`, both inside. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

export interface Scored {
  /** One per row. */
  readonly scores: ArrayLike<number>;
  /** Labelled windows in ascending order. */
  readonly windows: readonly Span[];
}

/** Share of a series, and of at most so many rows, from which a detector may learn unscored. */
const LEARNING = 0.15;
const MOST_LEARNING_ROWS = 5_000;

/** Beyond three window lengths behind a window a false detection costs all. */
const FORGIVEN = 3;

function sigmoid(position: number): number {
  return position > FORGIVEN ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}

/** Worth of a detection at a row: of a window's first row 1, of its last nearly 0; outside all windows negative, at the worst −1. */
export function worthOf(row: number, windows: readonly Span[]): { readonly worth: number; readonly window: number | null } {
  let before: Span | null = null;
  for (const [index, span] of windows.entries()) {
    if (row < span.first) break;
    if (row <= span.last) {
      const rows = span.last - span.first + 1;
      return { worth: sigmoid(-(span.last - row + 1) / rows) / sigmoid(-1), window: index };
    }
    before = span;
  }
  return { worth: before === null ? -1 : sigmoid((row - before.last) / (before.last - before.first)), window: null };
}

interface Detection {
  readonly score: number;
  readonly worth: number;
  /** Number of the labelled window over all series; `null` outside. */
  readonly window: number | null;
}

/** Every row that counts, highest score first. */
function detectionsOf(corpus: readonly Scored[]): { readonly detections: readonly Detection[]; readonly windows: number } {
  const detections: Detection[] = [];
  let windows = 0;
  for (const { scores, windows: spans } of corpus) {
    const begin = Math.min(Math.floor(LEARNING * scores.length), LEARNING * MOST_LEARNING_ROWS);
    const offset = windows;
    for (let row = Math.ceil(begin); row < scores.length; row++) {
      const { worth, window } = worthOf(row, spans);
      detections.push({ score: scores[row] as number, worth, window: window === null ? null : offset + window });
    }
    windows += spans.length;
  }
  return { detections: detections.sort((a, b) => b.score - a.score), windows };
}

export interface Result {
  /** 100: every window found on its first row and nothing else; 0: silence. */
  readonly score: number;
  readonly threshold: number;
}

/** The score at the threshold that is best for the corpus, or at the one given. */
export function nabScore(corpus: readonly Scored[], profile: Profile, threshold?: number): Result {
  const { detections, windows } = detectionsOf(corpus);
  const found = new Map<number, number>();
  const silence = -profile.missedWindow * windows;
  let sum = silence;
  let best = { sum, threshold: Number.POSITIVE_INFINITY };
  detections.forEach(({ score, worth, window }, index) => {
    if (threshold !== undefined && score < threshold) return;
    if (window === null) sum += worth * profile.falseDetection;
    else {
      const known = found.get(window) ?? -profile.missedWindow;
      if (worth > known) {
        sum += worth - known;
        found.set(window, worth);
      }
    }
    const lastOfItsScore = detections[index + 1]?.score !== score;
    if (lastOfItsScore && sum > best.sum) best = { sum, threshold: score };
  });
  const reached = threshold === undefined ? best : { sum, threshold };
  return { score: (100 * (reached.sum - silence)) / (windows - silence), threshold: reached.threshold };
}
