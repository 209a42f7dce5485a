import type { ReadProgress } from '../local/archive/archive.ts';

interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface ScanProgress {
  readonly report: (progress: ReadProgress) => void;
  /** Takes the line away again. */
  readonly done: () => void;
}

const PATIENCE = 1_000;
const PACE = 200;

/** One line on a terminal, from a second after the beginning; nothing where output goes to a file or a program. */
export function scanProgress(terminal: Terminal, clock: () => number): ScanProgress {
  const began = clock();
  let last = began + PATIENCE - PACE;
  let shown = false;
  return {
    report: ({ files, of, rows }) => {
      const now = clock();
      if (terminal.isTTY !== true || now - last < PACE) return;
      last = now;
      shown = true;
      terminal.write(`\r\u001b[K${files} of ${of} files, ${rows.toLocaleString('en-US')} rows`);
    },
    done: () => {
      if (shown) terminal.write('\r\u001b[K');
    },
  };
}
