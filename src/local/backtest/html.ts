import { coveredTime } from '../../digest/episodes.ts';
import type { Window } from '../../model/window.ts';
import { count, formatNumber, formatSpan, formatValue } from '../../render/format.ts';
import { type Html, type HtmlValue, html } from '../../render/html.ts';
import { page } from '../../render/page.ts';
import { facts, figures, mark, seriesWords, severityTag, table } from '../../render/parts.ts';
import { type StripCell, statusStrip } from '../../render/strip.ts';
import { formatWindow, timeElement } from '../../render/time.ts';
import type { Backtest } from './backtest.ts';
import type { RuleComparison, RulesComparison } from './compare.ts';
import type { Interval, RuleOutcome } from './report.ts';
import { headline } from './text.ts';

const ZONE = 'UTC';
/** Cells of a timeline, and alerts of one rule that are listed. */
const CELLS = 96;
const LISTED = 200;

/** The outcome as a page of its own: no script, nothing loaded, readable in either colour scheme and on paper. */
export function renderHtml(result: Backtest): string {
  const { report, comparison, period, notes } = result;
  const fired = report.rules.filter((rule) => rule.fired > 0);
  return page({
    title: `Backtest ${formatWindow(period, ZONE)}`,
    home: null,
    nav: [],
    main: [
      html`<h1>${headline(result)}</h1>
<p class="muted">Backtest of ${count(report.rules.length, 'rule')}, ${formatWindow(period, ZONE)}</p>`,
      summaryFigures(result),
      ...notes.map((note) => html`<p class="small muted">${note}</p>`),
      comparison === null ? null : comparisonSection(comparison, period),
      fired.length === 0
        ? null
        : html`<section aria-labelledby="fired"><h2 id="fired">What would have fired</h2>
${fired.map((rule) => ruleSection(rule, period))}</section>`,
      notificationSection(result),
      troubleSection(report.rules),
      quietSection(report.rules),
    ],
    footer: html`<p>Times are in ${ZONE}. Alerts begin and end with the windows in which they did; they were told later by the rule’s delay. A rule is noisy when it fires more than ${count(
      result.most,
      'time',
    )} or more than a quarter of the period. Noise is the time in alerts that flapped or lasted under five minutes, or all of it where firing is normal.</p>`,
  });
}

function summaryFigures({ report, records, metricMinutes }: Backtest): Html {
  const alerts = report.rules.filter(({ disposition }) => disposition === 'alert');
  const fired = alerts.reduce((sum, rule) => sum + rule.fired, 0);
  return figures([
    [formatNumber(fired), fired === 1 ? 'alert' : 'alerts'],
    [formatNumber(report.notifications.length), report.notifications.length === 1 ? 'notification' : 'notifications'],
    [formatNumber(alerts.filter(({ noisy }) => noisy).length), 'noisy rules'],
    [formatNumber(report.rules.filter((rule) => rule.fired === 0).length), 'quiet rules'],
    [formatNumber(records), 'log records'],
    [formatNumber(metricMinutes), 'metric minutes'],
  ]);
}

function ruleSection(rule: RuleOutcome, period: Window): Html {
  const shown = rule.intervals.slice(0, LISTED);
  const { suggestion } = rule;
  return html`<article class="card ${rule.noisy ? 'warn' : ''}">
<div class="split"><h3>${rule.rule}</h3><span>${severityTag(rule.severity)}</span></div>
<p>${rule.disposition === 'report' ? 'Report' : 'Alert'} when ${rule.condition} <span class="muted small">(${rule.source})</span></p>
<figure>${statusStrip(rule.rule, cellsOf(rule.intervals, period), ZONE)}</figure>
${facts([
  ['Fired', rule.noisy ? mark('warn', count(rule.fired, 'time')) : count(rule.fired, 'time')],
  ['Flapped', rule.flapped > 0 && count(rule.flapped, 'time')],
  ['Over within 5 minutes', rule.short > 0 && count(rule.short, 'time')],
  ['Median duration', rule.medianDuration !== null && formatSpan(rule.medianDuration)],
  ['Firing', `${formatSpan(rule.firingTime)} of ${formatSpan(period.end - period.start)}`],
  ['Noise', rule.noiseTime > 0 && formatSpan(rule.noiseTime)],
  ['Notifications', formatNumber(rule.notifications)],
])}${
  suggestion !== null &&
  html`<div class="banner warn"><p><strong>${
    suggestion.when === null ? 'No threshold helps' : html`Suggestion: <code>when: "${suggestion.when}"</code>`
  }</strong></p><p>${suggestion.words}</p></div>`
}
<details${shown.length <= 10 && html` open`}><summary>${count(rule.fired, rule.disposition === 'report' ? 'entry' : 'alert', rule.disposition === 'report' ? 'entries' : 'alerts')}</summary>
${table(
  `Alerts of ${rule.rule}`,
  [
    { title: 'From' },
    { title: 'Series' },
    { title: 'Lasted' },
    { title: 'Value', numeric: true },
    { title: 'Remark', wide: true },
  ],
  shown.map((interval) => intervalRow(interval, rule.unit)),
)}${rule.intervals.length > shown.length && html`<p class="small muted">And ${count(rule.intervals.length - shown.length, 'more')}; the JSON form lists them all.</p>`}</details>
</article>
`;
}

function intervalRow(interval: Interval, unit: RuleOutcome['unit']): readonly HtmlValue[] {
  const { startsAt, endsAt, duration, value, labels, target, flapped, short, reason } = interval;
  const remarks = [flapped && 'flapped', short && 'short', reason].filter((word) => word !== false);
  return [
    timeElement(startsAt, ZONE),
    seriesWords(labels, target),
    endsAt === null ? html`${formatSpan(duration)} ${mark('bad', 'open')}` : formatSpan(duration),
    value === null ? '' : formatValue(value, unit),
    remarks.join(', '),
  ];
}

function cellsOf(intervals: readonly Interval[], { start, end }: Window): readonly StripCell[] {
  const width = (end - start) / CELLS;
  return Array.from({ length: CELLS }, (_, index): StripCell => {
    const cell = { start: start + width * index, end: start + width * (index + 1) };
    const fired = coveredTime(
      intervals
        .map(({ startsAt, duration }) => ({
          start: Math.max(cell.start, startsAt),
          end: Math.min(cell.end, startsAt + Math.max(duration, 1)),
        }))
        .filter((span) => span.end > span.start),
    );
    return { ...cell, state: fired > 0 ? 'firing' : 'quiet', share: fired / width };
  });
}

function comparisonSection({ rules, missing, added }: RulesComparison, period: Window): Html {
  const changed = rules.filter(({ onlyFirst, onlyOther }) => onlyFirst.length + onlyOther.length > 0);
  return html`<section aria-labelledby="compared"><h2 id="compared">Compared with the other version</h2>
${changed.length === 0 && html`<p>Both fired for the same series at the same times.</p>`}${table(
  'Rules of both versions',
  [
    { title: 'Rule' },
    { title: 'Fired', numeric: true },
    { title: 'Other fired', numeric: true },
    { title: 'Both', numeric: true },
    { title: 'Only this', numeric: true },
    { title: 'Only other', numeric: true },
  ],
  rules.map(({ rule, other, fired, both, onlyFirst, onlyOther }) => [
    other === null ? rule : `${rule} / ${other}`,
    ...[fired[0], fired[1], both, onlyFirst.length, onlyOther.length].map(formatNumber),
  ]),
)}
${changed.map((rule) => changedRule(rule, period))}${missing.length > 0 && html`<p>Not in the other version: ${missing.join(', ')}.</p>`}${
  added.length > 0 && html`<p>Only in the other version: ${added.join(', ')}.</p>`
}</section>`;
}

function changedRule({ rule, onlyFirst, onlyOther }: RuleComparison, period: Window): Html {
  const rows = [
    ...onlyFirst.map((interval) => ['this', interval] as const),
    ...onlyOther.map((interval) => ['other', interval] as const),
  ].slice(0, LISTED);
  return html`<article class="card"><h3>${rule}</h3>
${onlyFirst.length > 0 && html`<p class="small">Only this version</p><figure>${statusStrip(`${rule}, only this version`, cellsOf(onlyFirst, period), ZONE)}</figure>`}
${onlyOther.length > 0 && html`<p class="small">Only the other version</p><figure>${statusStrip(`${rule}, only the other version`, cellsOf(onlyOther, period), ZONE)}</figure>`}
${table(
  `Alerts of ${rule} of one version only`,
  [{ title: 'From' }, { title: 'Version' }, { title: 'Series' }, { title: 'Lasted' }],
  rows.map(([version, interval]) => [
    timeElement(interval.startsAt, ZONE),
    version,
    seriesWords(interval.labels, interval.target),
    formatSpan(interval.duration),
  ]),
)}</article>
`;
}

function notificationSection({ report }: Backtest): Html | null {
  const { notifications } = report;
  if (notifications.length === 0) return null;
  const shown = notifications.slice(0, LISTED);
  return html`<section aria-labelledby="sent"><h2 id="sent">What would have been sent</h2>
<details><summary>${count(notifications.length, 'notification')} after grouping</summary>
${table(
  'Notifications',
  [
    { title: 'At' },
    { title: 'Receiver' },
    { title: 'Why' },
    { title: 'Rule' },
    { title: 'Firing', numeric: true },
    { title: 'Resolved', numeric: true },
  ],
  shown.map(({ at, receiver, reason, group, firing, resolved }) => [
    timeElement(at, ZONE),
    receiver,
    reason,
    group.alertname ?? '',
    formatNumber(firing),
    formatNumber(resolved),
  ]),
)}${notifications.length > shown.length && html`<p class="small muted">And ${count(notifications.length - shown.length, 'more')}.</p>`}</details></section>`;
}

function troubleSection(rules: readonly RuleOutcome[]): Html | null {
  const troubled = rules.filter(({ unjudged }) => unjudged.code !== null);
  if (troubled.length === 0) return null;
  return html`<section aria-labelledby="unjudged"><h2 id="unjudged">Could not be judged</h2>
${table(
  'Rules without a verdict',
  [{ title: 'Rule' }, { title: 'Evaluations', numeric: true }, { title: 'Why' }],
  troubled.map(({ rule, unjudged }) => [
    rule,
    formatNumber(unjudged.unjudged),
    html`${unjudged.reason} <code>${unjudged.code}</code>`,
  ]),
)}</section>`;
}

function quietSection(rules: readonly RuleOutcome[]): Html | null {
  const quiet = rules.filter(({ fired }) => fired === 0);
  if (quiet.length === 0) return null;
  return html`<section aria-labelledby="quiet"><h2 id="quiet">Quiet rules</h2>
${table(
  'Rules that did not fire',
  [{ title: 'Rule' }, { title: 'Condition' }, { title: 'Windows judged', numeric: true }],
  quiet.map(({ rule, condition, windows }) => [rule, condition, windows === 0 ? mark('warn', 'none') : formatNumber(windows)]),
)}</section>`;
}
