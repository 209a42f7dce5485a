import { Liquid } from 'liquidjs';
import type { RateLimit, Receiver, ReceiverKind } from '../model/config.ts';
import { HOUR, MINUTE, parseDuration, SECOND } from '../model/duration.ts';
import { LIQUID } from '../model/template.ts';
import type { RawConfig } from './config-schema.ts';
import type { Scope } from './scope.ts';
import { adviceFor } from './suggest.ts';

type RawReceiver = NonNullable<RawConfig['receivers']>[number];

interface RawKind {
  readonly url?: string | undefined;
  readonly secret?: string | undefined;
  readonly routingKey?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly credentials?: string | undefined;
  readonly accessKey?: string | undefined;
  readonly key?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: readonly string[] | undefined;
  readonly format?: Receiver['format'] | undefined;
  readonly title?: string | undefined;
  readonly body?: string | undefined;
  readonly fallback?: string | undefined;
  readonly sendResolved?: boolean | undefined;
  readonly allowPrivate?: boolean | undefined;
  readonly backOff?: readonly string[] | undefined;
  readonly rateLimit?: string | undefined;
}

/* The public addresses of those services that have one; the builders of src/notify name their sources. */
const ADDRESSES: Partial<Readonly<Record<ReceiverKind, string>>> = {
  pagerduty: 'https://events.pagerduty.com/v2/enqueue',
  jiraServiceManagement: 'https://api.atlassian.com/jsm/ops/integration/v2/alerts',
};
/*
 * What the services say, or less. Slack: one a second. Teams: 4 a second and 60 in 30 seconds. PagerDuty: 120 a minute and integration key.
 * Exchange Online and Communication Services: 30 a minute and sender.
 */
const RATE_LIMITS: Partial<Readonly<Record<ReceiverKind, string>>> = {
  slack: '1/second',
  teams: '2/second',
  pagerduty: '120/minute',
  email: '30/minute',
  communicationServices: '30/minute',
};
const SPANS: Readonly<Record<string, number>> = { second: SECOND, minute: MINUTE, hour: HOUR };
const SECRETS = ['secret', 'routingKey', 'apiKey', 'credentials', 'accessKey', 'key'] as const;
const EXAMPLE = `\${NAME}`;
const SETTING = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;

function kindsOf({ name: _, ...kinds }: RawReceiver): readonly (readonly [ReceiverKind, RawKind])[] {
  return Object.entries(kinds).flatMap(([kind, raw]) => (raw === undefined ? [] : [[kind as ReceiverKind, raw as RawKind]]));
}

/** What one second may take comes at once, and at least one. */
function rateLimitOf(text: string | undefined): RateLimit | null {
  const [count = '', span = ''] = text?.split('/') ?? [];
  const per = SPANS[span];
  if (per === undefined) return null;
  const interval = per / Number(count);
  return { interval, burst: Math.max(1, Math.floor(SECOND / interval)) };
}

/** The receiver, with its defaults; none where its kind is missing, which {@link checkReceivers} says. */
export function receiverOf(raw: RawReceiver): readonly Receiver[] {
  return kindsOf(raw).map(([kind, one]) => {
    const rateLimit = rateLimitOf(one.rateLimit ?? RATE_LIMITS[kind]);
    return {
      kind,
      name: raw.name,
      url: one.url ?? ADDRESSES[kind] ?? '',
      secret: SECRETS.map((key) => one[key]).find((text) => text !== undefined) ?? '',
      ...(one.format === undefined ? {} : { format: one.format }),
      ...(one.from === undefined ? {} : { from: one.from }),
      ...(one.to === undefined ? {} : { to: one.to }),
      ...(one.title === undefined && one.body === undefined
        ? {}
        : {
            templates: {
              ...(one.title === undefined ? {} : { title: one.title }),
              ...(one.body === undefined ? {} : { body: one.body }),
            },
          }),
      ...(one.fallback === undefined ? {} : { fallback: one.fallback }),
      sendResolved: one.sendResolved ?? true,
      allowPrivate: one.allowPrivate ?? false,
      ...(one.backOff === undefined ? {} : { backOff: one.backOff.map((wait) => Math.max(1, parseDuration(wait) ?? 0)) }),
      ...(rateLimit === null ? {} : { rateLimit }),
    };
  });
}

const liquid = new Liquid(LIQUID);

/** What is wrong with a template: its syntax, or a filter that does not exist. Members are known only when it is rendered. */
function templateProblem(template: string): string | null {
  try {
    liquid.parseAndRenderSync(template, {});
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
  }
}

export function checkReceivers(raw: RawConfig, scope: Scope): void {
  for (const [index, receiver] of (raw.receivers ?? []).entries()) {
    const kinds = kindsOf(receiver);
    if (kinds.length !== 1) {
      const hint =
        'one of webhook, slack, teams, pagerduty, jiraServiceManagement, servicenow, email, communicationServices, eventGrid, eventHub';
      scope.report('TCN-C003', ['receivers', index], 'a receiver has one kind', { hint });
    }
    for (const [kind, one] of kinds) {
      const path = ['receivers', index, kind];
      const known = (raw.receivers ?? []).map(({ name }) => name).filter((name) => name !== receiver.name);
      for (const part of ['title', 'body'] as const) {
        const problem = one[part] === undefined ? null : templateProblem(one[part]);
        if (problem !== null) scope.report('TCN-C003', [...path, part], problem, { hint: 'see docs/receivers.md for templates' });
      }
      if (one.fallback !== undefined && !known.includes(one.fallback)) {
        const hint = adviceFor(one.fallback, known, 'receivers');
        scope.report('TCN-C003', [...path, 'fallback'], `there is no other receiver \`${one.fallback}\``, { hint });
      }
      for (const key of SECRETS) {
        const written = one[key];
        if (written === undefined || written === '' || SETTING.test(written)) continue;
        const hint = `put it into an app setting and write ${EXAMPLE} here`;
        scope.report('TCN-C003', [...path, key], 'a secret stands in a file', { severity: 'warning', hint });
      }
      if (one.url === undefined || one.url.includes('${') || URL.canParse(one.url)) continue;
      scope.report('TCN-C003', [...path, 'url'], 'not a URL', { hint: `write https://… or ${EXAMPLE}` });
    }
  }
}
