import type { NotificationRecord } from '../model/notification.ts';
import { count, formatAge, formatNumber, formatSpan } from '../render/format.ts';
import { type Html, type HtmlValue, html } from '../render/html.ts';
import { facts, mark, seriesWords, table } from '../render/parts.ts';
import { formatTime, timeElement } from '../render/time.ts';
import { htmlAnswer } from './answer.ts';
import { ruleStatus } from './rule-status.ts';
import { alertCards, digestTable, resolvedTable, ruleSummary, ruleTable, shown } from './sections.ts';
import type { ConsoleAnswer, Forwarded, Overview } from './view.ts';

const RESOLVED_LIMIT = 10;
const DIGEST_LIMIT = 5;
const TROUBLE_LIMIT = 10;
const SETUP_LIMIT = 10;
const CATEGORY_LIMIT = 12;
/** A batch under way is no trouble. */
const UNREAD_LONG = 120_000;

/** The first page: what needs a response now, then whether Tocsin itself can be believed, then everything else. */
export function homePage(view: Overview): ConsoleAnswer {
  const main = html`<h1>${headline(view)}</h1>
<p class="muted">As of ${timeElement(view.now, view.zone, formatTime(view.now, view.zone))}. ${vitalsWords(view)}</p>
${banners(view)}
${shown(view.open, 'The list of open alerts', (open) => alertCards(open, view, 2))}
${resolvedSection(view)}
${troubleSection(view)}
<section aria-labelledby="rules"><h2 id="rules">Rules</h2>
${shown(view.evaluations, 'The evaluation log', (entries) =>
  ruleSummary(view.rules, entries, view.open.ok ? view.open.value : null, view),
)}</section>
<section aria-labelledby="digests"><h2 id="digests">Digests</h2>
${shown(view.digests, 'The list of digests', (digests) =>
  digests.length === 0
    ? html`<p class="none">None was published yet.</p>`
    : html`${digestTable(digests.slice(0, DIGEST_LIMIT), view)}${
        digests.length > DIGEST_LIMIT && html`<p><a href="/digests">All ${digests.length} digests</a></p>`
      }`,
)}</section>
<section aria-labelledby="plumbing"><h2 id="plumbing">Notifications and forwarding</h2>
${shown(view.notifications, 'The notification log', notificationFacts)}
${forwardSection(view)}
${quarantineSection(view)}</section>`;
  return htmlAnswer(
    title(view),
    main,
    html`<p>Times are in ${view.zone}. For scripts: <code>/api/status</code>, with a function key.</p>`,
  );
}

export function alertsPage(view: Overview): ConsoleAnswer {
  const main = html`<h1>${headline(view)}</h1>
${shown(view.open, 'The list of open alerts', (open) => alertCards(open, view, 2))}
<h2>Resolved in the last 24 hours</h2>
${shown(view.resolved, 'The alert history', (alerts) =>
  alerts.length === 0 ? html`<p class="none">None.</p>` : resolvedTable(alerts, view, count(alerts.length, 'alert')),
)}`;
  return htmlAnswer('Alerts', main, html`<p>Times are in ${view.zone}.</p>`);
}

export function rulesPage(view: Overview): ConsoleAnswer {
  const main = html`<h1>Rules</h1>
${setupBanner(view)}
${shown(view.evaluations, 'The evaluation log', (entries) =>
  ruleTable(view.rules, entries, view.open.ok ? view.open.value : null, view),
)}`;
  return htmlAnswer('Rules', main, html`<p>Times are in ${view.zone}.</p>`);
}

export function digestsPage(view: Overview): ConsoleAnswer {
  const main = html`<h1>Digests</h1>
${shown(view.digests, 'The list of digests', (digests) =>
  digests.length === 0 ? html`<p class="none">None was published yet.</p>` : digestTable(digests, view),
)}`;
  return htmlAnswer('Digests', main, html`<p>Times are in ${view.zone}.</p>`);
}

function headline({ open, vitals }: Overview): string {
  if (!open.ok) return 'The open alerts cannot be read';
  if (open.value.length > 0) {
    return open.value.length === 1 ? '1 alert needs a response' : `${formatNumber(open.value.length)} alerts need a response`;
  }
  return vitals.ok ? 'No alert is firing' : 'No alert is known, and none would come';
}

function title({ open, vitals }: Overview): string {
  if (!open.ok || !vitals.ok) return 'Trouble';
  return open.value.length === 0 ? 'All quiet' : `${open.value.length} firing`;
}

function vitalsWords({ vitals }: Overview): HtmlValue {
  const { lastTickAgeSeconds: age, ok, code, reason } = vitals;
  if (age === null) return mark('bad', `Never ran: ${reason}.`);
  if (!ok) return mark('bad', `Has not run for ${formatSpan(age * 1000)}.`);
  const last = `Last ran ${formatAge(age * 1000)} ago`;
  return code === null ? mark('good', `${last}.`) : mark('warn', `${last}: ${reason}.`);
}

function banners(view: Overview): readonly HtmlValue[] {
  const { vitals, evaluations, rules, now } = view;
  const troubled = evaluations.ok
    ? rules.map((rule) => ruleStatus(rule, evaluations.value, now)).filter(({ tone }) => tone === 'bad' || tone === 'warn')
    : [];
  return [
    setupBanner(view),
    !vitals.ok &&
      html`<div class="banner bad" role="status"><p><strong>Tocsin is not evaluating.</strong> ${vitals.reason}. What is listed here may be out of date, and silence means nothing. See the app’s timer <code>tick</code> and what it logged.</p></div>`,
    troubled.length > 0 &&
      html`<div class="banner warn" role="status"><p><strong>${count(troubled.length, 'rule')} could not be judged</strong> at the last evaluation, so silence of ${
        troubled.length === 1 ? 'it' : 'them'
      } says nothing: ${troubled.slice(0, 5).map(({ rule }, index) => html`${index > 0 && ', '}<a href="/rules/${encodeURIComponent(rule.id)}">${rule.id}</a>`)}${
        troubled.length > 5 && ` and ${troubled.length - 5} more`
      }.</p></div>`,
  ];
}

function setupBanner({ setup }: Overview): HtmlValue {
  if (setup.length === 0) return null;
  const more = setup.length - SETUP_LIMIT;
  return html`<div class="banner bad" role="status"><p><strong>${
    setup.length === 1 ? 'A problem' : `${formatNumber(setup.length)} problems`
  } of setup:</strong> Tocsin does less than its files say.</p><ul>${setup
    .slice(0, SETUP_LIMIT)
    .map(
      ({ code, where, what, fix }) => html`<li>${where}: ${what} <code>${code}</code><br><span class="small">${fix}</span></li>`,
    )}${more > 0 && html`<li>${formatNumber(more)} more, in <a href="/api/status">/api/status</a></li>`}</ul></div>`;
}

function resolvedSection(view: Overview): Html {
  return html`<section aria-labelledby="resolved"><h2 id="resolved">Recently resolved</h2>
${shown(view.resolved, 'The alert history', (alerts) => {
  if (alerts.length === 0) return html`<p class="none">Nothing resolved in the last 24 hours.</p>`;
  const more = alerts.length - RESOLVED_LIMIT;
  return html`${resolvedTable(alerts.slice(0, RESOLVED_LIMIT), view, 'Resolved in the last 24 hours, newest first')}${
    more > 0 && html`<p><a href="/alerts">${count(more, 'more resolved alert')}</a></p>`
  }`;
})}</section>`;
}

function troubleSection({ findings, zone }: Overview): HtmlValue {
  return shown(findings, 'The findings', (all) => {
    const troubles = all.filter(({ kind }) => kind !== 'report' && kind !== 'setup').sort((a, b) => b.lastAt - a.lastAt);
    if (troubles.length === 0) return null;
    return html`<section aria-labelledby="troubles"><h2 id="troubles">Tocsin’s own troubles</h2>
${table(
  `The newest of ${count(troubles.length, 'finding')} in the last 24 hours; digests list all`,
  [{ title: 'What' }, { title: 'Last', wide: true }, { title: 'Where', wide: true }],
  troubles
    .slice(0, TROUBLE_LIMIT)
    .map(({ summary, code, lastAt, target, labels, kind, rule }) => [
      html`${summary}${code !== null && html` <code>${code}</code>`}<br><span class="small muted">${kind}</span>`,
      timeElement(lastAt, zone),
      target === null ? (rule ?? 'the whole installation') : seriesWords(labels, target),
    ]),
)}</section>`;
  });
}

function notificationFacts(records: readonly NotificationRecord[]): Html {
  const sum = (of: (record: NotificationRecord) => number) =>
    formatNumber(records.reduce((total, record) => total + of(record), 0));
  const stuck = records.filter(({ pending }) => pending !== null && pending.lastError !== null);
  const [first] = stuck;
  return html`<h3>Notifications</h3>${facts([
    ['Sent', sum(({ counts }) => counts.sent)],
    ['Retried', sum(({ counts }) => counts.retried)],
    ['Given up', sum(({ counts }) => counts.failed)],
    [
      'Not confirmed',
      first === undefined
        ? 'none'
        : html`${mark('warn', formatNumber(stuck.length))}; ${first.receiver}: ${first.pending?.lastError ?? ''}`,
    ],
  ])}`;
}

function forwardSection({ forward, waiting, now }: Overview): HtmlValue {
  return shown(forward, 'The forwarding counts', (counts) => {
    if (counts.updatedAt === null) return html`<h3>Forwarding</h3><p class="none">No event was forwarded yet.</p>`;
    return html`<h3>Forwarding</h3>${facts([
      [
        'Records',
        `${formatNumber(counts.records)} in ${count(counts.events, 'event')} from ${count(counts.partitions, 'partition')}`,
      ],
      ['In quarantine', counts.quarantined > 0 ? mark('warn', formatNumber(counts.quarantined)) : 'none'],
      [
        'Waiting for a sink',
        shown(waiting, 'What waits for a sink', ({ records }) => (records > 0 ? mark('warn', count(records, 'record')) : 'none')),
      ],
      [
        'Behind the hub',
        counts.lag === null ? 'unknown' : `${formatAge(counts.lag.p99)} at most, half within ${formatAge(counts.lag.p50)}`,
      ],
      ['Not read yet', unreadWords(counts.unread)],
      ['Redelivered, dropped', formatNumber(counts.duplicates)],
      ['Last event', `${formatAge(now - counts.updatedAt)} ago`],
    ])}${sinksTable(counts.sinks)}${categoriesTable(counts.categories)}`;
  });
}

function sinksTable(sinks: Forwarded['sinks']): Html | null {
  if (sinks.length === 0) return null;
  const columns = [
    { title: 'Sink' },
    { title: 'Delivered', numeric: true },
    { title: 'Later', numeric: true },
    { title: 'Left out', numeric: true, wide: true },
    { title: 'Refused', numeric: true },
    { title: 'Requests', numeric: true, wide: true },
    { title: 'Failed', numeric: true },
    { title: 'Answers in', wide: true },
  ];
  return table(
    'Records by sink',
    columns,
    sinks.map(({ sink, delivered, later, filtered, refused, requests, failures, latency }) => [
      sink,
      formatNumber(delivered),
      formatNumber(later),
      formatNumber(filtered),
      refused > 0 ? mark('warn', formatNumber(refused)) : '0',
      formatNumber(requests),
      failures > 0 ? mark('warn', formatNumber(failures)) : '0',
      latency === null ? 'unknown' : `${formatNumber(latency.p50)} ms, at most ${formatNumber(latency.p99)} ms`,
    ]),
  );
}

function categoriesTable(categories: Forwarded['categories']): Html | null {
  if (categories.length === 0) return null;
  const columns = ['Records', 'Repaired', 'In quarantine', 'Left out'].map((title) => ({ title, numeric: true }));
  return table(
    categories.length > CATEGORY_LIMIT ? `Records by category, ${CATEGORY_LIMIT} of ${categories.length}` : 'Records by category',
    [{ title: 'Category' }, ...columns],
    categories
      .slice(0, CATEGORY_LIMIT)
      .map(({ category, records, repaired, quarantined, dropped }) => [
        category,
        ...[records, repaired, quarantined, dropped].map(formatNumber),
      ]),
  );
}

function unreadWords(unread: Forwarded['unread']): HtmlValue {
  if (unread === null) return 'unknown';
  if (unread.events === 0) return 'none';
  const words = `${count(unread.events, 'event')}, known for ${formatAge(unread.age)}`;
  return unread.age < UNREAD_LONG ? words : mark('warn', words);
}

function quarantineSection({ quarantined, zone }: Overview): HtmlValue {
  return shown(quarantined, 'The quarantine', (entries) =>
    entries.length === 0
      ? null
      : table(
          'Newest in quarantine',
          [{ title: 'Why' }, { title: 'When', wide: true }, { title: 'Where', wide: true }],
          entries.map(({ at, code, reason, partition, sequenceNumber }) => [
            html`${reason} <code>${code}</code>`,
            timeElement(at, zone),
            `partition ${partition}, event ${sequenceNumber}`,
          ]),
        ),
  );
}
