import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { environment } from '../app/settings.ts';
import type { SilenceJson } from '../console/alertmanager/silence.ts';
import { parseDuration } from '../model/duration.ts';
import { matcherText, parseMatchers } from '../model/matcher.ts';
import { textTable } from '../render/text-table.ts';
import { moment } from '../rules/moment.ts';
import { API_HELP, API_OPTIONS, type ApiAddress, apiAddress, askApi } from './api.ts';

const HELP = `tocsin silence add alertname=AzureOpenAIThrottled ModelDeploymentName=~"batch-.*" --for 2h --comment "load test"
tocsin silence add --resource /subscriptions/…/resourceGroups/rg-batch --cron "0 2 * * 0" --zone Europe/Stockholm --lasts 4h --for 30d --comment patching
tocsin silence list
tocsin silence expire ID…

Alerts that a silence covers are not notified; what still fires when it ends is sent.

  --for TIME      how long it holds, e.g. 2h (default 1h)
  --start TIME    when it begins: RFC 3339 with its zone, or a date (default now)
  --resource ID   everything in this resource, resource group or subscription; may be repeated
  --cron CRON     only from these times on, in the zone of --zone (default UTC), for --lasts each time
  --comment TEXT  why; needed
  --author NAME   who (default: this user)
  --expired       list those that are over as well
  --output FORM   text (default) or json
${API_HELP}

Exit codes: 0 done, 1 refused, 2 wrong usage, 4 the app could not be reached.
`;

type Values = ReturnType<typeof parsed>['values'];

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parsed(args);
  const [what, ...rest] = positionals;
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const address = apiAddress(values, environment());
  const problem = await (what === 'add'
    ? add(rest, values, address)
    : what === 'list' && rest.length === 0
      ? list(values, address)
      : what === 'expire' && rest.length > 0
        ? expire(rest, address)
        : 'say add, list, or expire with an id');
  if (problem === null) return 0;
  process.stderr.write(`${problem}\n\n${HELP}`);
  return 2;
}

async function add(matchers: readonly string[], values: Values, address: ApiAddress): Promise<string | null> {
  const found = matchers.map((text) => parseMatchers(text));
  const wrong = found.find((each) => typeof each === 'string');
  if (typeof wrong === 'string') return wrong;
  const lasting = parseDuration(values.for);
  if (lasting === null) return `--for takes a time such as 2h, not ${values.for}`;
  const start = values.start === undefined ? Date.now() : moment(values.start);
  if (start === null) return `--start takes a time such as 2026-11-21T08:00:00Z, not ${values.start}`;
  if (values.cron !== undefined && values.lasts === undefined) return '--cron needs --lasts';
  const set = found.flatMap((each) => (typeof each === 'string' ? [] : each));
  const silence = {
    matchers: set.map(({ name, op, value }) => ({ name, value, isRegex: op.endsWith('~'), isEqual: op.startsWith('=') })),
    resources: values.resource,
    startsAt: new Date(start).toISOString(),
    endsAt: new Date(start + lasting).toISOString(),
    createdBy: values.author ?? userInfo().username,
    comment: values.comment ?? '',
    ...(values.cron !== undefined && { recurrence: { cron: values.cron, zone: values.zone, duration: values.lasts } }),
  };
  const { silenceID } = (await askApi(address, 'POST', '/api/v2/silences', silence)) as { readonly silenceID: string };
  process.stdout.write(values.output === 'json' ? `${JSON.stringify({ id: silenceID })}\n` : `${silenceID}\n`);
  return null;
}

async function list(values: Values, address: ApiAddress): Promise<string | null> {
  const all = (await askApi(address, 'GET', '/api/v2/silences')) as readonly SilenceJson[];
  const wanted = all.filter(({ status }) => values.expired || status.state !== 'expired');
  if (values.output === 'json') process.stdout.write(`${JSON.stringify(wanted)}\n`);
  else if (wanted.length === 0) process.stdout.write('no silence\n');
  else {
    const columns = ['id', 'state', 'what', 'until', 'by', 'comment'].map((title) => ({ title }));
    process.stdout.write(`${textTable(columns, wanted.map(rowOf), 1_000)}\n`);
  }
  return null;
}

function rowOf(silence: SilenceJson): readonly string[] {
  const { id, status, matchers, resources, recurrence, endsAt, createdBy, comment } = silence;
  const what =
    resources?.join(' ') ??
    matchers
      .map(({ name, value, isRegex, isEqual }) =>
        matcherText({ name, value, op: isEqual ? (isRegex ? '=~' : '=') : isRegex ? '!~' : '!=' }),
      )
      .join(' ');
  const often = recurrence === undefined ? '' : ` (${recurrence.cron} ${recurrence.zone}, ${recurrence.duration})`;
  return [id, status.state, what, `${endsAt.startsWith('9999') ? 'no end' : endsAt}${often}`, createdBy, comment];
}

async function expire(ids: readonly string[], address: ApiAddress): Promise<string | null> {
  for (const id of ids) {
    await askApi(address, 'DELETE', `/api/v2/silence/${encodeURIComponent(id)}`);
    process.stdout.write(`${id} expired\n`);
  }
  return null;
}

function parsed(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...API_OPTIONS,
      for: { type: 'string', default: '1h' },
      start: { type: 'string' },
      resource: { type: 'string', multiple: true, default: [] },
      cron: { type: 'string' },
      zone: { type: 'string', default: 'UTC' },
      lasts: { type: 'string' },
      comment: { type: 'string' },
      author: { type: 'string' },
      expired: { type: 'boolean', default: false },
      output: { type: 'string', default: 'text' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}
