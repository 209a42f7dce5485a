import type { SimulationProgress } from '../../local/backtest/simulate.ts';
import { formatMoment } from '../../render/time.ts';

interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface BacktestProgress {
  readonly report: (progress: SimulationProgress) => void;
  /** Takes the line away again. */
  readonly done: () => void;
}

const PACE = 200;

/** One line on a terminal: the time that the replay has reached, its share and what is left; nothing where output goes to a file or a program. */
export function backtestProgress(terminal: Terminal, start: number, clock: () => number): BacktestProgress {
  const began = clock();
  let last = Number.NEGATIVE_INFINITY;
  let shown = false;
  return {
    report: ({ at, end, records }) => {
      const now = clock();
      if (terminal.isTTY !== true || now - last < PACE || at <= start) return;
      last = now;
      shown = true;
      const share = (at - start) / (end - start);
      const left = Math.ceil(((now - began) * (1 - share)) / share / 1000);
      const words = `${formatMoment(at, 'UTC')}  ${Math.floor(share * 100)} %  ${records.toLocaleString('en-US')} records  ${left} s left`;
      terminal.write(`\r\u001b[K${words}`);
    },
    done: () => {
      if (shown) terminal.write('\r\u001b[K');
    },
  };
}
