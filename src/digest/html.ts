import type { Finding } from '../model/finding.ts';
import { lineChart } from '../render/chart.ts';
import { count, formatNumber, formatSpan, formatValue, unitOfValue } from '../render/format.ts';
import { type Html, type HtmlValue, html } from '../render/html.ts';
import { page } from '../render/page.ts';
import { facts, figures, mark, resourceName, seriesWords, severityTag, table } from '../render/parts.ts';
import { statusStrip } from '../render/strip.ts';
import { formatDay, formatWindow, timeElement } from '../render/time.ts';
import type { Change, DigestModel, Episode, FindingGroup, Offender, RuleActivity } from './model.ts';

export interface DigestLinks {
  /** Where the console is: `''` for pages that it serves itself, an origin for files elsewhere, `null` for no links at all. */
  readonly console: string | null;
}

/** Episodes of one rule shown in full; the rest is counted, and complete in the JSON form. */
const EPISODE_LIMIT = 50;

/** The digest as a page of its own: no script, nothing loaded, readable in either colour scheme and on paper. */
export function renderHtml(model: DigestModel, links: DigestLinks): string {
  const { zone } = model;
  return page({
    title: model.subject,
    home: links.console === null ? null : `${links.console}/`,
    nav: links.console === null ? [] : [{ href: `${links.console}/`, text: 'Console' }],
    main: [
      html`<h1>${model.headline}</h1>
<p class="muted">${titleWords(model)}, ${formatWindow(model.window, zone)}</p>`,
      model.quiet ? null : summaryFigures(model),
      openSection(model, links),
      firedSection(model, links),
      changesSection(model),
      findingSection('Findings to read', 'reports', model.reports, model),
      unjudgedSection(model, links),
      findingSection('Tocsin’s own troubles', 'troubles', model.troubles, model),
      offenderSection(model),
      fatigueSection(model, links),
      plumbingSection(model),
      quietSection(model),
    ],
    footer: html`<p>Digest ${model.id}. Times are in ${zone}. Alerts stand as they stood when the period ended.</p>`,
  });
}

function titleWords({ period, name }: DigestModel): string {
  const words = { daily: 'Daily digest', weekly: 'Weekly digest', 'on demand': 'Digest on demand' }[period];
  return name === period ? words : `${words} “${name}”`;
}

function summaryFigures({ counts, deliveries }: DigestModel): Html {
  const sent = deliveries.reduce((sum, receiver) => sum + receiver.sent, 0);
  return figures([
    [formatNumber(counts.open), 'still open'],
    [formatNumber(counts.episodes), counts.episodes === 1 ? 'alert fired' : 'alerts fired'],
    [formatNumber(counts.reportFindings), counts.reportFindings === 1 ? 'finding to read' : 'findings to read'],
    [formatNumber(counts.rulesUnjudged), 'rules not judged'],
    [formatNumber(counts.rulesQuiet), counts.rulesQuiet === 1 ? 'quiet rule' : 'quiet rules'],
    [formatNumber(sent), sent === 1 ? 'notification sent' : 'notifications sent'],
  ]);
}

function openSection({ open, zone }: DigestModel, links: DigestLinks): Html | null {
  if (open.length === 0) return null;
  return html`<section aria-labelledby="open"><h2 id="open">Still open</h2>
${open.map(
  (episode) => html`<article class="card ${episode.severity <= 1 ? 'bad' : 'warn'}">
<div class="tags">${severityTag(episode.severity)}</div>
<h3>${link(links, `/alerts/${episode.fingerprint}`, episode.summary)}</h3>
<p>${seriesWords(episode.labels, episode.target)}: ${episode.rule}, firing since ${timeElement(episode.startsAt, zone)} (${formatSpan(
    episode.duration,
  )}). Owner: ${episode.owner}.</p>
</article>
`,
)}</section>`;
}

function firedSection({ fired, zone }: DigestModel, links: DigestLinks): Html | null {
  if (fired.length === 0) return null;
  return html`<section aria-labelledby="fired"><h2 id="fired">What fired</h2>
${fired.map((activity) => activitySection(activity, zone, links))}</section>`;
}

function activitySection(activity: RuleActivity, zone: string, links: DigestLinks): Html {
  const { rule, severity, episodes, firingTime, strip } = activity;
  const shown = episodes.slice(0, EPISODE_LIMIT);
  return html`<article class="card">
<div class="split"><h3>${link(links, `/rules/${encodeURIComponent(rule)}`, rule)}</h3>${severityTag(severity)}</div>
<p>${count(episodes.length, 'episode')}, firing for ${formatSpan(firingTime)} of the period.</p>
<figure>${statusStrip(rule, strip, zone)}</figure>
${chartOf(activity, zone)}
${table(
  `Episodes of ${rule}`,
  [
    { title: 'Start' },
    { title: 'Series' },
    { title: 'Lasted' },
    { title: 'Peak', numeric: true },
    { title: 'Last value', numeric: true, wide: true },
    { title: 'Notified', numeric: true, wide: true },
  ],
  shown.map((episode) => episodeRow(episode, zone, links)),
)}${
  episodes.length > shown.length &&
  html`<p class="small muted">And ${count(episodes.length - shown.length, 'more episode')}; the JSON form lists them all.</p>`
}
</article>
`;
}

function chartOf({ rule, charted, episodes }: RuleActivity, zone: string): Html {
  if (charted === null) {
    const why = episodes[0]?.reason === 'absent' ? 'it watches for something that did not come' : 'no values were kept';
    return html`<p class="small muted">No line to draw for this rule: ${why}.</p>`;
  }
  const { evidence, startsAt, endsAt, labels, target, condition } = charted;
  const last = evidence.points.at(-1)?.at ?? startsAt;
  return html`<figure class="plot"><figcaption>${seriesWords(labels, target)}, ${formatDay(startsAt, zone)}; fires when ${condition}</figcaption>
<div class="frame">${lineChart({
    name: `${rule}, ${seriesWords(labels, target)}`,
    points: evidence.points,
    step: null,
    unit: evidence.unit,
    threshold: evidence.threshold,
    breach: condition.trimStart().startsWith('<') ? 'below' : 'above',
    ...(evidence.band === undefined ? {} : { band: evidence.band }),
    firing: [{ start: startsAt, end: endsAt ?? Math.max(last, startsAt) }],
    zone,
  })}</div></figure>`;
}

function episodeRow(episode: Episode, zone: string, links: DigestLinks): readonly HtmlValue[] {
  const { evidence } = episode;
  const failed = episode.failedDeliveries > 0 ? ` (${episode.failedDeliveries} failed)` : '';
  return [
    timeElement(episode.startsAt, zone),
    link(links, `/alerts/${episode.fingerprint}`, seriesWords(episode.labels, episode.target)),
    episode.open ? html`${formatSpan(episode.duration)} ${mark('bad', 'open')}` : formatSpan(episode.duration),
    formatValue(episode.peak, unitOfValue(evidence)),
    formatValue(episode.last, unitOfValue(evidence)),
    `${episode.deliveries}${failed}`,
  ];
}

function changesSection({ fresh, gone, fired, reports, troubles }: DigestModel): Html | null {
  if (fresh.length === 0 && gone.length === 0) return null;
  const anything = fired.length + reports.length + troubles.length > 0;
  return html`<section aria-labelledby="changes"><h2 id="changes">Since the period before</h2>
${changeList('New', 'not seen in the period before', fresh)}${changeList('Gone', 'seen in the period before, not in this one', gone)}${
  fresh.length === 0 && anything && html`<p>Nothing is new: all of it was there before.</p>`
}</section>`;
}

function changeList(title: string, words: string, entries: readonly Change[]): Html | null {
  if (entries.length === 0) return null;
  const lines = entries.map(
    ({ what, rule, target, labels, summary }) =>
      html`<li>${summary} <span class="muted small">(${what} of ${rule}${target !== null && html`, ${seriesWords(labels, target)}`})</span></li>`,
  );
  const list = html`<ul>${lines}</ul>`;
  const heading = html`${title} (${entries.length}): ${words}`;
  return entries.length > 10 ? html`<details><summary>${heading}</summary>${list}</details>` : html`<h3>${heading}</h3>${list}`;
}

function findingSection(title: string, id: string, groups: readonly FindingGroup[], { zone }: DigestModel): Html | null {
  if (groups.length === 0) return null;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${groups.map(
  (group) => html`<article class="card">
<div class="split"><h3>${group.title}</h3>${severityTag(group.severity)}</div>
${table(
  `${count(group.findings.length, 'finding')} of ${group.title}`,
  [{ title: 'What' }, { title: 'Where' }, { title: 'First' }, { title: 'Last', wide: true }, { title: 'Times', numeric: true }],
  group.findings.map((finding) => findingRow(finding, zone)),
)}
</article>
`,
)}</section>`;
}

function findingRow(finding: Finding, zone: string): readonly HtmlValue[] {
  const { summary, code, rule, kind, target, labels, firstAt, lastAt } = finding;
  return [
    html`${summary}${code !== null && html` <code>${code}</code>`}`,
    target === null ? (kind !== 'report' && rule) || 'the whole installation' : seriesWords(labels, target),
    timeElement(firstAt, zone),
    timeElement(lastAt, zone),
    formatNumber(finding.count),
  ];
}

function unjudgedSection({ unjudged, zone }: DigestModel, links: DigestLinks): Html | null {
  if (unjudged.length === 0) return null;
  return html`<section aria-labelledby="unjudged"><h2 id="unjudged">Could not be judged</h2>
<p>Silence of these rules says nothing.</p>
${table(
  'Rules without a verdict when the digest was compiled',
  [{ title: 'Rule' }, { title: 'Outcome' }, { title: 'Why' }, { title: 'Window ended', wide: true }],
  unjudged.map(({ rule, outcome, reason, code, windowEnd }) => [
    link(links, `/rules/${encodeURIComponent(rule)}`, rule),
    mark('warn', outcome),
    html`${reason}${code !== null && html` <code>${code}</code>`}`,
    windowEnd === null ? 'never' : timeElement(windowEnd, zone),
  ]),
)}</section>`;
}

function offenderSection({ topTargets, topRules }: DigestModel): Html | null {
  if (topTargets.length === 0) return null;
  return html`<section aria-labelledby="offenders"><h2 id="offenders">Where most of it was</h2>
${offenderTable('Resources by time with an alert firing', 'Resource', topTargets, resourceName)}
${offenderTable('Rules by time firing', 'Rule', topRules, (name) => name)}</section>`;
}

function offenderTable(caption: string, title: string, entries: readonly Offender[], words: (name: string) => string): Html {
  return table(
    caption,
    [{ title }, { title: 'Firing for', numeric: true }, { title: 'Episodes', numeric: true }],
    entries.map(({ name, firingTime, episodes }) => [words(name), formatSpan(firingTime), formatNumber(episodes)]),
  );
}

function fatigueSection({ fatigue }: DigestModel, links: DigestLinks): Html | null {
  if (fatigue.length === 0) return null;
  const suggestions = fatigue.filter(({ suggestion }) => suggestion !== null);
  return html`<section aria-labelledby="fatigue"><h2 id="fatigue">What the rules asked of people</h2>
${table(
  'Episodes that began in the period, by rule',
  [
    { title: 'Rule' },
    { title: 'Fired', numeric: true },
    { title: 'Acknowledged', numeric: true },
    { title: 'Acted on', numeric: true },
    { title: 'Flapped', numeric: true },
    { title: 'Over within 5 min', numeric: true },
  ],
  fatigue.map(({ rule, fired, acknowledged, actedOn, flapped, brief }) => [
    link(links, `/rules/${encodeURIComponent(rule)}`, rule),
    ...[fired, acknowledged, actedOn, flapped, brief].map(formatNumber),
  ]),
)}${
  suggestions.length > 0 &&
  html`<h3>Suggestions</h3><ul>${suggestions.map(
    ({ rule, suggestion }) => html`<li><strong>${rule}</strong>: ${withCode(suggestion ?? '')}</li>`,
  )}</ul><p class="small muted">Try a change over past weeks with <code>tocsin backtest</code> before making it.</p>`
}</section>`;
}

/** What stands between backquotes is code. */
function withCode(words: string): readonly HtmlValue[] {
  return words.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

function plumbingSection({ deliveries, stuck, forwarding, sinceBefore, zone }: DigestModel): Html {
  const since = sinceBefore ? 'since the previous digest' : 'since Tocsin began';
  return html`<section aria-labelledby="plumbing"><h2 id="plumbing">Deliveries and forwarding</h2>
${
  deliveries.length === 0
    ? html`<p>No notification was sent ${since}.</p>`
    : table(
        `Notifications ${since}`,
        [
          { title: 'Receiver' },
          { title: 'Sent', numeric: true },
          { title: 'Retried', numeric: true },
          { title: 'Given up', numeric: true },
        ],
        deliveries.map(({ receiver, sent, retried, failed }) => [
          receiver,
          formatNumber(sent),
          formatNumber(retried),
          failed > 0 ? mark('bad', formatNumber(failed)) : '0',
        ]),
      )
}${
  stuck.length > 0 &&
  table(
    'Notifications not yet confirmed',
    [{ title: 'Receiver' }, { title: 'Since' }, { title: 'Tries', numeric: true }, { title: 'Last error' }],
    stuck.map(({ receiver, createdAt, attempts, lastError }) => [receiver, timeElement(createdAt, zone), attempts, lastError]),
  )
}
<h3>Forwarded ${since}</h3>
${facts([
  ['Records', `${formatNumber(forwarding.records)} in ${count(forwarding.events, 'event')}`],
  ['Requests to sinks', formatNumber(forwarding.sinkRequests)],
  ['In quarantine', forwarding.quarantined > 0 ? mark('warn', count(forwarding.quarantined, 'record')) : 'none'],
  ['Set aside for a later try', forwarding.parked > 0 ? mark('warn', count(forwarding.parked, 'record')) : 'none'],
  ['Redelivered, dropped', formatNumber(forwarding.duplicates)],
])}</section>`;
}

function quietSection({ quietRules, idleRules, counts }: DigestModel): Html | null {
  if (quietRules.length + idleRules.length === 0) return null;
  return html`<section aria-labelledby="quiet"><h2 id="quiet">Quiet rules</h2>
<p>${count(quietRules.length, 'rule')} of ${counts.rules} had a verdict and found nothing.</p>
<details><summary>Show their names</summary><ul>${quietRules.map((rule) => html`<li>${rule}</li>`)}</ul></details>
${idleRules.length === 0 ? null : html`<p>${count(idleRules.length, 'rule')} watched nothing, because no resource matches: ${idleRules.join(', ')}.</p>`}</section>`;
}

function link(links: DigestLinks, path: string, words: string): HtmlValue {
  return links.console === null ? words : html`<a href="${links.console}${path}">${words}</a>`;
}
