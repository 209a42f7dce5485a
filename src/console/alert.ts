import type { Alert, HistoryEntry } from '../model/alert.ts';
import { lineChart } from '../render/chart.ts';
import { count, formatAge, formatSpan, formatValue, unitOfValue } from '../render/format.ts';
import { type Html, html, safeLink } from '../render/html.ts';
import { facts, mark, resourceName, seriesWords, severityTag, table, tag } from '../render/parts.ts';
import { formatClock, formatSecond, formatTime, timeElement } from '../render/time.ts';
import { htmlAnswer } from './answer.ts';
import { ackSection, silenceSection } from './desk.ts';
import { breachSide, REASONS, reasonWords } from './rule-words.ts';
import { deadlineWords, shown } from './sections.ts';
import type { AlertView, ConsoleAnswer, Moment } from './view.ts';

/** One alert, read at three in the morning on a phone: what to do and until when, then why, then how it came about. */
export function alertPage(view: AlertView): ConsoleAnswer {
  const { alert, zone, now } = view;
  const firing = alert.status === 'firing';
  const main = html`<div class="tags">${firing ? tag('bad', 'Firing') : tag('good', 'Resolved')}${severityTag(alert.severity)}</div>
<h1>${alert.summary}</h1>
<p class="muted">${seriesWords(alert.labels, alert.target)}. ${sinceWords(alert, view)}</p>
${responseSection(alert, view)}
${ackSection(alert, view.desk, view)}
${chartSection(alert, view)}
${factSection(view)}
${silenceSection(alert, view.desk)}
${historySection(alert, zone)}
${earlierSection(view)}`;
  return htmlAnswer(
    `${firing ? 'FIRING' : 'Resolved'} ${alert.summary}`,
    main,
    html`<p>As of ${formatTime(now, zone)}; times are in ${zone}. Alert <span class="id">${alert.fingerprint}</span></p>`,
  );
}

function sinceWords({ startsAt, endsAt }: Alert, { now, zone }: Moment): Html {
  if (endsAt === null) return html`Firing since ${timeElement(startsAt, zone)}, for ${formatSpan(now - startsAt)}.`;
  return html`Fired ${timeElement(startsAt, zone)}, resolved ${timeElement(endsAt, zone)} after ${formatSpan(endsAt - startsAt)}.`;
}

function responseSection(alert: Alert, moment: Moment): Html {
  const { response, status, endsAt } = alert;
  const runbook = safeLink(response.runbook);
  const firing = status === 'firing';
  const { late, words } = deadlineWords(alert, moment);
  return html`<section class="respond${firing ? '' : ' done'}" aria-labelledby="respond">
<h2 id="respond">${firing ? 'What to do' : 'Resolved: the response was'}</h2>
<p class="action">${response.action}</p>
<p class="deadline">${
    firing
      ? html`<strong>${response.owner}</strong> ${mark(late ? 'bad' : 'warn', words)}`
      : html`<strong>${response.owner}</strong>, within ${formatSpan(response.within)}; resolved ${endsAt === null ? '' : `${formatAge(moment.now - endsAt)} ago`}`
  }</p>
${response.steps.length > 0 && html`<ol>${response.steps.map((step) => html`<li>${step}</li>`)}</ol>`}
${
  response.runbook !== null &&
  (runbook === null ? html`<p>Runbook: ${response.runbook}</p>` : html`<p><a href="${runbook}">Open the runbook</a></p>`)
}
</section>`;
}

function chartSection(alert: Alert, { now, zone }: Moment): Html {
  const { evidence, startsAt, endsAt, rule, labels, target, condition } = alert;
  const { points, threshold, unit } = evidence;
  const name = `${rule}, ${seriesWords(labels, target)}`;
  if (points.length === 0) {
    const why =
      alert.reason === 'absent' ? 'The rule watches for something that did not come' : 'No values were kept with this alert';
    return html`<section aria-labelledby="series"><h2 id="series">The series</h2><p class="none">${why}: there is no line to draw.</p></section>`;
  }
  return html`<section aria-labelledby="series"><h2 id="series">The series</h2>
<figure class="plot"><figcaption>Fires when ${condition}; last value ${formatValue(alert.value, unitOfValue(evidence))}</figcaption>
<div class="frame">${lineChart({
    name,
    points,
    step: null,
    unit,
    threshold,
    breach: breachSide(alert),
    ...(evidence.band === undefined ? {} : { band: evidence.band }),
    firing: [{ start: startsAt, end: endsAt ?? now }],
    zone,
  })}</div></figure>
<details><summary>The values as a table</summary>
${table(
  name,
  [{ title: `Time (${zone})` }, { title: 'Value', numeric: true }],
  points.map(({ at, value }) => [timeElement(at, zone), formatValue(value, unit)]),
)}</details></section>`;
}

function factSection({ alert, rule, zone }: AlertView): Html {
  const labels = Object.entries(alert.labels).map(([name, value]) => `${name} ${value === '' ? '(empty)' : value}`);
  const details = Object.entries(alert.details ?? {}).map(([name, value]) => `${name} ${value === '' ? '(empty)' : value}`);
  const known = alert.target.startsWith('/subscriptions/');
  return html`<section aria-labelledby="facts"><h2 id="facts">Why it ${alert.status === 'firing' ? 'fires' : 'fired'}</h2>
${facts([
  ['Reason', REASONS[alert.reason]],
  [
    'Rule',
    alert.pushed === true
      ? `${alert.rule}, pushed by another system`
      : alert.own === true
        ? `${alert.rule}, of Tocsin itself`
        : rule === null
          ? `${alert.rule} (no longer configured)`
          : html`<a href="/rules/${encodeURIComponent(rule.id)}">${rule.id}</a>`,
  ],
  ['Condition', alert.condition],
  ['Breach began', timeElement(alert.activeAt, zone)],
  ['Fired', timeElement(alert.startsAt, zone)],
  ['Labels', labels.join(', ')],
  ['Details', details.length > 0 && details.join(', ')],
  ['Resource', html`${resourceName(alert.target)}<br><span class="id muted">${alert.target}</span>`],
  [
    'Portal',
    known && html`<a href="https://portal.azure.com/#resource${alert.target}">Open the resource in the Azure portal</a>`,
  ],
  ['Rule file', html`<code>${alert.source}</code>`],
])}</section>`;
}

const WHAT: Readonly<Record<HistoryEntry['what'], string>> = {
  fired: 'fired',
  resolved: 'resolved',
  corrected: 'corrected by late data',
  notified: 'receiver told',
  'notify failed': 'receiver not reached',
  updated: 'updated',
  worsened: 'further out',
  acknowledged: 'acknowledged',
  unacknowledged: 'acknowledgement withdrawn',
  'got worse': 'got worse',
};

function historySection({ history, evidence }: Alert, zone: string): Html {
  const newestFirst = [...history].sort((a, b) => b.at - a.at);
  const tone = (what: HistoryEntry['what']) =>
    what === 'fired' || what === 'notify failed' ? 'bad' : what === 'resolved' || what === 'notified' ? 'good' : 'muted';
  return html`<section aria-labelledby="history"><h2 id="history">History</h2>
${
  history.length === 0
    ? html`<p class="none">Nothing is on record yet.</p>`
    : table(
        'What became of this alert, newest first',
        [{ title: 'Time' }, { title: 'What' }, { title: 'Why' }, { title: 'Value', numeric: true, wide: true }],
        newestFirst.map(({ at, what, reason, value }) => [
          timeElement(at, zone, formatSecond(at, zone)),
          mark(tone(what), WHAT[what]),
          reasonWords(reason),
          value === null ? '' : formatValue(value, unitOfValue(evidence)),
        ]),
      )
}</section>`;
}

function earlierSection({ earlier, zone }: AlertView): Html {
  return html`<section aria-labelledby="earlier"><h2 id="earlier">Before</h2>
${shown(earlier, 'The alert history', (episodes) =>
  episodes.length === 0
    ? html`<p class="none">It did not fire in the seven days before.</p>`
    : table(
        `Fired ${count(episodes.length, 'other time')} in the last seven days`,
        [{ title: 'Fired' }, { title: 'Resolved' }, { title: 'Lasted' }],
        episodes.map(({ startsAt, endsAt }) => [
          timeElement(startsAt, zone),
          endsAt === null ? 'not yet' : timeElement(endsAt, zone, formatClock(endsAt, zone)),
          endsAt === null ? '' : formatSpan(endsAt - startsAt),
        ]),
      ),
)}</section>`;
}
