import { formatDuration } from '../../model/duration.ts';
import { usualDelay } from '../delays.ts';
import { isWritten, type LintedRule, warn } from './rule.ts';

/** Windows with gaps, waits that end between two evaluations, verdicts on data that are not there yet. */
export function lintTimes(linted: LintedRule): void {
  const { rule } = linted;
  const { every, window, condition } = rule;
  if (condition.kind === 'threshold' && window < every) {
    const [length, step, left] = [window, every, every - window].map(formatDuration);
    warn(linted, 'TCN-W001', ['window'], `a window of ${length} every ${step}: nobody looks at the other ${left}`);
  }
  for (const key of ['for', 'keepFiringFor'] as const) {
    const length = rule[key];
    if (length % every === 0) continue;
    const whole = Math.ceil(length / every) * every;
    const message = `\`${key}: ${formatDuration(length)}\` ends between two evaluations (\`every: ${formatDuration(every)}\`), so it lasts ${formatDuration(whole)}`;
    const near = [Math.floor(length / every) * every, whole].filter((each) => each > 0).map(formatDuration);
    warn(linted, 'TCN-W003', [key], message, `write ${near.join(' or ')}`);
  }
  const usual = usualDelay(rule.signal);
  if (condition.kind !== 'event' && rule.delay < usual && isWritten(linted, ['delay'])) {
    const message = `data are read ${formatDuration(rule.delay)} after a window's end, but usually take up to ${formatDuration(usual)}`;
    warn(linted, 'TCN-W002', ['delay'], message, 'leave `delay` out: late windows are read again anyway');
  }
  if (condition.kind === 'absent' && condition.for < usual) {
    const message = `a silence of ${formatDuration(condition.for)} cannot be told from data that are late: they take up to ${formatDuration(usual)}`;
    warn(linted, 'TCN-W002', ['absent', 'for'], message, `at least ${formatDuration(usual)}`);
  }
}
