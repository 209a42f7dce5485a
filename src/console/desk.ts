import { isAcknowledged } from '../model/acknowledgement.ts';
import type { Alert } from '../model/alert.ts';
import { alertLabels } from '../model/alert-labels.ts';
import { matcherText } from '../model/matcher.ts';
import { type Html, type HtmlValue, html } from '../render/html.ts';
import { formatMoment, timeElement } from '../render/time.ts';
import type { Moment } from './view.ts';

/** What a visitor may do on the pages; `null` where that is nothing but look. */
export interface Desk {
  /** Goes with every form, so that no other site can send it. */
  readonly token: string;
  /** The signed link by which the visitor came: it is good for acknowledging one alert and for nothing else. */
  readonly grant: string | null;
}

const SPANS = ['1h', '2h', '4h', '8h', '1d', '3d', '7d', '30d'];

/** Who takes care of an alert, and how to say that one does. */
export function ackSection(alert: Alert, desk: Desk | null, { now, zone }: Moment): Html {
  const { acknowledgement: care, status, fingerprint, startsAt } = alert;
  const taken = isAcknowledged(alert, now);
  const words =
    care === undefined
      ? html`<p class="none">Nobody has acknowledged it${status === 'firing' ? ' yet' : ''}.</p>`
      : html`<p><strong>${care.by}</strong> ${taken ? 'takes' : 'took'} care of it, since ${timeElement(care.at, zone)}${
          care.until === null ? '' : `, until ${formatMoment(care.until, zone)}`
        }${care.comment === '' ? '.' : html`: ${care.comment}`}</p>`;
  const fields = html`${hidden(desk)}<input type="hidden" name="startsAt" value="${startsAt}">`;
  return html`<section aria-labelledby="ack"><h2 id="ack">Who takes care of it</h2>
${words}${
  status === 'firing' &&
  desk !== null &&
  (taken
    ? html`<form method="post" action="/alerts/${fingerprint}/withdraw">${fields}<button>Take it back</button></form>`
    : html`<form method="post" action="/alerts/${fingerprint}/ack" class="desk">${fields}
<p><label for="ack-comment">What you do about it</label><input id="ack-comment" name="comment" maxlength="1000" autocomplete="off"></p>
<p><label for="ack-for">For how long</label>${spanChoice('ack-for', '', 'until it resolves or gets worse')}</p>
<p><button class="main">I take care of it</button></p>
<p class="small muted">Nobody is reminded of it or called to help until it resolves or gets worse.</p></form>`)
}</section>`;
}

/** A silence for one alert, to be made wider or narrower before it is sent. */
export function silenceSection(alert: Alert, desk: Desk | null): HtmlValue {
  if (desk === null || desk.grant !== null || alert.status !== 'firing') return null;
  const { alertname = '', target = '' } = alertLabels(alert);
  const named = Object.entries({ alertname, target, ...alert.labels }).filter(([, value]) => value !== '');
  const matchers = named.map(([name, value]) => matcherText({ name, op: '=', value })).join('\n');
  return html`<section aria-labelledby="silence"><h2 id="silence">Silence it</h2>
<details><summary>Keep it from being notified for a while</summary>
${silenceForm(desk, { matchers, back: `/alerts/${alert.fingerprint}` })}</details></section>`;
}

export function silenceForm(desk: Desk, { matchers = '', back = '/silences' }: { matchers?: string; back?: string }): Html {
  return html`<form method="post" action="/silences" class="desk">${hidden(desk)}<input type="hidden" name="back" value="${back}">
<p><label for="s-matchers">Matchers, one a line; all must hold</label>
<textarea id="s-matchers" name="matchers" rows="4" spellcheck="false" aria-describedby="s-help">${matchers}</textarea></p>
<p class="small muted" id="s-help">Such as <code>alertname="AzureOpenAIThrottled"</code> or <code>ModelDeploymentName=~"batch-.*"</code>.</p>
<p><label for="s-resources">Resources, one id a line, each with everything below it</label>
<textarea id="s-resources" name="resources" rows="2" spellcheck="false"></textarea></p>
<p><label for="s-for">For how long</label>${spanChoice('s-for', '2h', null)}</p>
<p><label for="s-comment">Why (needed)</label><input id="s-comment" name="comment" required maxlength="1000" autocomplete="off"></p>
<details><summary>Again and again</summary>
<p><label for="s-cron">Begins at (cron: minute, hour, day, month, weekday)</label><input id="s-cron" name="cron" autocomplete="off"></p>
<p><label for="s-zone">Time zone</label><input id="s-zone" name="zone" value="UTC" autocomplete="off"></p>
<p><label for="s-lasts">Lasts each time</label>${spanChoice('s-lasts', '4h', null, 'lasts')}</p></details>
<p><button class="main">Silence</button></p></form>`;
}

export function hidden(desk: Desk | null): Html {
  const { token, grant } = desk ?? { token: '', grant: null };
  return html`<input type="hidden" name="token" value="${token}">${grant !== null && html`<input type="hidden" name="ack" value="${grant}">`}`;
}

function spanChoice(id: string, chosen: string, open: string | null, name = 'for'): Html {
  return html`<select id="${id}" name="${name}">${open !== null && html`<option value="">${open}</option>`}${SPANS.map((span) =>
    span === chosen ? html`<option selected>${span}</option>` : html`<option>${span}</option>`,
  )}</select>`;
}
