import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/model/duration.ts';
import { defaultConfig, loadConfig } from '../../src/rules/config.ts';

const PATH = 'tocsin.yaml';
const setting = (name: string) => `\${${name}}`;
const found = (text: string) =>
  loadConfig(PATH, text).diagnostics.map((one) => `${one.line}:${one.column} ${one.severity} ${one.code} ${one.message}`);

describe('tocsin.yaml', () => {
  it('of this repository is valid, and names settings rather than secrets', () => {
    const text = readFileSync(new URL('../../tocsin.yaml', import.meta.url), 'utf8');
    const { config, diagnostics } = loadConfig(PATH, text);
    expect(diagnostics).toEqual([]);
    expect(config).toMatchObject({
      receivers: [
        {
          kind: 'webhook',
          name: 'on-call',
          url: setting('WEBHOOK_URL'),
          secret: setting('WEBHOOK_SECRET'),
          sendResolved: true,
          allowPrivate: false,
        },
      ],
      route: { receivers: ['on-call'], groupWait: 30 * SECOND, groupInterval: 5 * MINUTE, repeatInterval: 4 * HOUR },
      digests: [
        { name: 'daily', period: 'daily', at: '08:00', zone: 'UTC', receivers: ['on-call'] },
        { name: 'weekly', period: 'weekly', at: '08:00', zone: 'UTC', receivers: ['on-call'] },
      ],
      sinks: [{ kind: 'otlp', name: 'collector', url: setting('OTLP_ENDPOINT'), headers: {} }],
    });
  });

  it('takes prices of its own before the assumed ones, and these only in their currency', () => {
    const prices = (yaml: string) => loadConfig(PATH, `version: 1\nprices: ${yaml}\n`).config?.prices;
    const own = prices('{ models: [{ model: gpt-4o, input: 2, output: 8 }, { model: house-model, output: 3 }] }');
    expect(own?.prices.slice(0, 2)).toEqual([
      { model: 'gpt-4o', input: 2, output: 8 },
      { model: 'house-model', output: 3 },
    ]);
    expect(own?.prices.filter(({ model }) => model === 'gpt-4o')).toHaveLength(1);
    expect(own?.prices.some(({ model }) => model === 'gpt-4o-mini')).toBe(true);
    expect(prices('{ currency: EUR, models: [{ model: gpt-4o, input: 2.3, output: 9 }] }')).toEqual({
      currency: 'EUR',
      prices: [{ model: 'gpt-4o', input: 2.3, output: 9 }],
    });
    expect(found('version: 1\nprices: { models: [{ model: gpt-4o, input: -1 }] }')[0]).toMatch(/TCN-C003/);
  });

  it('may name services of Azure without a key, which are asked as the identity of the app', () => {
    const services = [
      'communicationServices: { url: "https://a.communication.azure.com", from: a@b.c, to: [d@e.f] }',
      'eventGrid: { url: "https://a.example" }',
      'eventHub: { url: "https://a.example/hub" }',
    ];
    for (const one of services) {
      const { config, diagnostics } = loadConfig(PATH, `version: 1\nreceivers: [{ name: a, ${one} }]\n`);
      expect([diagnostics, config?.receivers[0]?.secret], one).toEqual([[], '']);
    }
  });

  it('limits how often a receiver is asked by what its kind takes, or as it says', () => {
    const limitOf = (kind: string) =>
      loadConfig(PATH, `version: 1\nreceivers: [{ name: a, ${kind} }]\n`).config?.receivers.map(({ rateLimit }) => rateLimit);
    const chat = (more: string) => `slack: { url: "https://a.example"${more} }`;
    expect(limitOf(chat(''))).toEqual([{ interval: SECOND, burst: 1 }]);
    expect(limitOf(chat(', rateLimit: 30/minute'))).toEqual([{ interval: 2 * SECOND, burst: 1 }]);
    expect(limitOf(chat(', rateLimit: 4/second'))).toEqual([{ interval: 250, burst: 4 }]);
    expect(limitOf(chat(', rateLimit: none'))).toEqual([undefined]);
    expect(limitOf('webhook: { url: "https://a.example" }')).toEqual([undefined]);
    expect(limitOf('teams: { url: "https://a.example" }')).toEqual([{ interval: 500, burst: 2 }]);
    for (const wrong of ['0/second', '5/day', 'often'])
      expect(found(`version: 1\nreceivers: [{ name: a, ${chat(`, rateLimit: ${wrong}`)} }]`)[0], wrong).toMatch(/TCN-C003/);
  });

  it('may be as short as its version: digests come all the same, and nobody is notified', () => {
    expect(loadConfig(PATH, 'version: 1').config).toEqual(defaultConfig());
    expect(defaultConfig()).toMatchObject({ receivers: [], sinks: [], digests: [{ name: 'daily' }, { name: 'weekly' }] });
  });

  it('routes to every receiver unless it says otherwise, and may turn digests off', () => {
    const { config } = loadConfig(
      PATH,
      'version: 1\nreceivers:\n  - { name: a, webhook: { url: "https://a.example" } }\n  - { name: b, webhook: { url: "https://b.example" } }\n' +
        'route: { groupWait: 10s }\ndigests: []\n',
    );
    expect(config?.route).toEqual({
      id: '',
      matchers: [],
      groupBy: ['alertname', 'target'],
      continue: false,
      muteTimeIntervals: [],
      activeTimeIntervals: [],
      routes: [],
      receivers: ['a', 'b'],
      groupWait: 10 * SECOND,
      groupInterval: 5 * MINUTE,
      repeatInterval: 4 * HOUR,
    });
    expect(config?.digests).toEqual([]);
  });

  it('takes everything out of what a sink gets but what it is allowed', () => {
    const { config } = loadConfig(
      PATH,
      'version: 1\nsinks:\n  - { name: a, otlp: { url: "https://a.example" }, redact: { content: false } }\n',
    );
    expect(config?.sinks[0]?.redact).toEqual({ content: false, secrets: true, emails: true });
  });

  it('takes sinks of every kind', () => {
    const { config, diagnostics } = loadConfig(
      PATH,
      `version: 1
sinks:
  - { name: o, otlp: { url: "https://a.example", encoding: json } }
  - { name: n, ndjson: { url: "https://a.example", scope: s } }
  - { name: h, hec: { url: "https://a.example", token: "${setting('T')}", index: i } }
  - { name: e, elastic: { url: "https://a.example", apiKey: "${setting('K')}" } }
  - { name: d, datadog: { apiKey: "${setting('K')}", site: datadoghq.eu, tags: [a] } }
  - { name: m, azureMonitor: { endpoint: "https://a.example/", rule: dcr-1, stream: Custom-T } }
  - { name: q, eventHub: { hub: x, namespace: n.servicebus.windows.net } }
  - { name: b, blob: { url: "https://a.example" }, only: { signals: [logs], categories: [Audit] }, concurrency: 4, drain: newest }
`,
    );
    expect(diagnostics).toEqual([]);
    expect(config?.sinks).toMatchObject([
      { kind: 'otlp', encoding: 'json' },
      { kind: 'ndjson', scope: 's' },
      { kind: 'hec', headers: { authorization: `Splunk ${setting('T')}` }, index: 'i' },
      { kind: 'elastic', headers: { authorization: `ApiKey ${setting('K')}` }, index: 'logs-azure.diagnostics-default' },
      {
        kind: 'datadog',
        url: 'https://http-intake.logs.datadoghq.eu/api/v2/logs',
        metricsUrl: 'https://api.datadoghq.eu/api/v2/series',
        headers: { 'dd-api-key': setting('K') },
      },
      { kind: 'azureMonitor', url: 'https://a.example/dataCollectionRules/dcr-1/streams/Custom-T?api-version=2023-01-01' },
      { kind: 'eventHub', hub: 'x', namespace: 'n.servicebus.windows.net', connection: '' },
      { kind: 'blob', only: { signals: ['logs'], categories: ['Audit'] }, concurrency: 4, drain: 'newest' },
    ]);
  });

  it.each([
    ['a sink without a kind', 'version: 1\nsinks: [{ name: a }]', '2:9 error TCN-C003 a sink has one kind'],
    ['an archive without a place', 'version: 1\nsinks: [{ name: a, blob: {} }]', '2:26 error TCN-C003 a storage account has'],
    ['broken YAML', 'version: [', /^\d+:\d+ error TCN-R001 /],
    ['an unknown key', 'version: 1\nrecievers: []', '2:1 error TCN-C003 unknown key `recievers`'],
    ['a duration', 'version: 1\nroute: { groupWait: 30 }', '2:21 error TCN-C003 `groupWait` must be a text'],
    ['an unknown receiver', 'version: 1\nroute: { receivers: [nobody] }', '2:22 error TCN-C003 there is no receiver `nobody`'],
    [
      'two of a name',
      'version: 1\nsinks:\n  - { name: a, otlp: { url: "" } }\n  - { name: a, otlp: { url: "" } }',
      '4:13 error TCN-C003 there are two sinks named `a`',
    ],
    [
      'a time of day',
      'version: 1\ndigests: [{ name: d, period: daily, at: "25:00" }]',
      '2:41 error TCN-C003 `at` does not have the right form',
    ],
    [
      'a zone',
      'version: 1\ndigests: [{ name: d, period: daily, zone: Mars }]',
      '2:43 error TCN-C003 there is no time zone `Mars`',
    ],
    ['a URL', 'version: 1\nreceivers: [{ name: a, webhook: { url: example } }]', '2:40 error TCN-C003 not a URL'],
  ])('says where it is wrong: %s', (_, text, expected) => {
    expect(loadConfig(PATH, text).config).toBeNull();
    expect(found(text)[0]).toMatch(
      typeof expected === 'string' ? new RegExp(`^${expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`) : expected,
    );
  });

  it('warns of a secret that stands in the file', () => {
    const text = `version: 1\nreceivers: [{ name: a, webhook: { url: "${setting('URL')}", secret: whsec_abc } }]`;
    expect(found(text)).toEqual(['2:58 warning TCN-C003 a secret stands in a file']);
    expect(loadConfig(PATH, text).config).not.toBeNull();
    const sink = 'version: 1\nsinks: [{ name: a, hec: { url: "https://a.example", token: abc } }]';
    expect(found(sink)).toEqual([expect.stringMatching(/^2:\d+ warning TCN-C003 a secret stands in a file$/)]);
  });
});
