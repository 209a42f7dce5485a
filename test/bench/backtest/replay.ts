import { backtestProgress } from '../../../src/cli/backtest/progress.ts';
import { USUAL_ARRIVAL } from '../../../src/local/backtest/arrival.ts';
import { backtest } from '../../../src/local/backtest/backtest.ts';
import { kqlBinder } from '../../../src/local/kql/bind.ts';
import { defaultConfig } from '../../../src/rules/config.ts';
import { loadRuleFiles } from '../../../src/rules/load.ts';
import { benchRules } from './rules.ts';

/* A process of its own, so that time and memory are those of a backtest: argv is the archive, and the period's begin and end. */

const [dir = '', start = '', end = ''] = process.argv.slice(2);
const began = performance.now();
const { rules, diagnostics } = loadRuleFiles([{ path: 'bench.yaml', text: benchRules() }], { bind: kqlBinder() });
if (diagnostics.some(({ severity }) => severity === 'error')) throw new Error(JSON.stringify(diagnostics));
const period = { start: Number(start), end: Number(end) };
const progress = backtestProgress(process.stderr, period.start, () => performance.now());
const result = await backtest({
  archive: dir,
  rules,
  other: null,
  config: defaultConfig(),
  period,
  arrival: USUAL_ARRIVAL,
  estate: null,
  most: null,
  onProgress: progress.report,
});
progress.done();
const seconds = (performance.now() - began) / 1000;
process.stdout.write(
  JSON.stringify({
    seconds: Math.round(seconds * 10) / 10,
    rules: rules.length,
    records: result.records,
    metricMinutes: result.metricMinutes,
    windows: result.report.rules.reduce((sum, { windows }) => sum + windows, 0),
    alerts: result.report.rules.reduce((sum, { fired }) => sum + fired, 0),
    notifications: result.report.notifications.length,
    recordsPerSecond: Math.round(result.records / seconds),
    rssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
