import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KnownResources } from '../../src/app/forward/known-resources.ts';
import { forward } from '../../src/app/forward.ts';
import { TocsinError } from '../../src/model/errors.ts';
import type { Sink } from '../../src/model/sink.ts';
import { platformMetric, RESOURCE, wrapped } from '../support/diagnostic-records.ts';
import { batch, eventOf, freshStores, patient, record, Servers } from '../support/forward-world.ts';
import { httpSink } from '../support/http-sink.ts';
import { MemoryInventory } from '../support/memory/index.ts';
import { otlpSink } from '../support/otlp-sink.ts';

const ID = RESOURCE.toLowerCase();
const SUBSCRIPTION = '0b1f6471-1bf0-4dda-aec3-111122223333';
const TARGET = {
  id: ID,
  name: 'aoai-1',
  type: 'microsoft.cognitiveservices/accounts',
  kind: 'OpenAI',
  location: 'eastus2',
  subscriptionId: SUBSCRIPTION,
  resourceGroup: 'rg-ai',
  tags: { Team: 'search', owner: 'jane@example.com', 'cost center': '42', secret: 'nobody asked' },
};

const servers = new Servers();
let stores = freshStores();
let inventory = new MemoryInventory([TARGET]);

beforeEach(() => {
  stores = freshStores();
  inventory = new MemoryInventory([TARGET]);
});
afterEach(() => servers.stop());

const knownResources = () => new KnownResources(inventory, [SUBSCRIPTION], stores.clock, stores.log);
const both = (sequence: number) => batch(eventOf(sequence, wrapped([record(`r${sequence}`), platformMetric('M', 1)])));

describe('records whose resource is in the inventory', () => {
  it('say its kind, its region and the tags that are asked for, once the inventory was read', async () => {
    const server = await servers.keep(otlpSink());
    const sink: Sink = { kind: 'otlp', name: 's', url: server.url, headers: {}, resourceTags: ['team', 'Cost Center', 'none'] };
    const resources = knownResources();
    const deps = { ...patient(stores), sinks: [sink], resources };
    await forward(both(1), deps);
    await resources.refresh();
    await forward(both(2), deps);

    const [first, second] = server.logs.map(({ resource }) => resource);
    expect(first).not.toHaveProperty(['azure.resource.kind']);
    const told = {
      'azure.resource.kind': 'OpenAI',
      'cloud.region': 'eastus2',
      'azure.tag.team': 'search',
      'azure.tag.Cost Center': '42',
    };
    expect(second).toEqual({ ...first, ...told });
    // Platform metrics do not say their region.
    expect(server.points[0]?.resource).not.toHaveProperty(['cloud.region']);
    expect(server.points.at(-1)?.resource).toMatchObject(told);
  });

  it('have the same uid with and without it', async () => {
    const server = await servers.keep(otlpSink());
    const sink: Sink = { kind: 'otlp', name: 's', url: server.url, headers: {}, resourceTags: ['team'] };
    const resources = knownResources();
    const deps = { ...patient(stores), sinks: [sink], resources };
    await forward(both(1), deps);
    await resources.refresh();
    await forward(both(1), { ...deps, marks: freshStores().marks });
    const [before, after] = server.logs.map(({ attributes }) => attributes['log.record.uid']);
    expect(after).toBe(before);
  });

  it('say no tag that nobody asked for, and no e-mail address in one', async () => {
    const [plain, tagged] = [await servers.keep(otlpSink()), await servers.keep(otlpSink())];
    const sinks: Sink[] = [
      { kind: 'otlp', name: 'plain', url: plain.url, headers: {} },
      { kind: 'otlp', name: 'tagged', url: tagged.url, headers: {}, resourceTags: ['owner'] },
    ];
    const resources = knownResources();
    resources.of(ID);
    await resources.refresh();
    await forward(both(1), { ...patient(stores), sinks, resources });
    const tagsOf = (resource: object = {}) => Object.entries(resource).filter(([name]) => name.startsWith('azure.tag.'));
    expect(tagsOf(plain.logs[0]?.resource)).toEqual([]);
    expect(tagsOf(tagged.logs[0]?.resource)).toEqual([['azure.tag.owner', '[redacted]']]);
  });

  it('are filed by Datadog under the same', async () => {
    const server = await servers.keep(httpSink());
    const sink: Sink = {
      kind: 'datadog',
      name: 'd',
      url: `${server.url}/logs`,
      metricsUrl: `${server.url}/series`,
      headers: {},
      resourceTags: ['team'],
    };
    const resources = knownResources();
    resources.of(ID);
    await resources.refresh();
    await forward(both(1), { ...patient(stores), sinks: [sink], resources });
    const [logs, series] = ['/logs', '/series'].map((path) => server.taken.find((request) => request.path === path)?.text ?? '');
    expect(JSON.parse(logs ?? '')[0].ddtags).toMatch(/,name:aoai-1,region:eastus2,kind:openai,team:search$/);
    expect(JSON.parse(series ?? '').series[0].tags).toEqual(expect.arrayContaining(['kind:openai', 'team:search']));
  });

  it('go on without it while the inventory cannot be read', async () => {
    const server = await servers.keep(otlpSink());
    const sink: Sink = { kind: 'otlp', name: 's', url: server.url, headers: {}, resourceTags: ['team'] };
    const resources = knownResources();
    for (const sequence of [1, 2]) {
      inventory.failNext('targets', new TocsinError('TCN-A002', 'down'));
      expect(await forward(both(sequence), { ...patient(stores), sinks: [sink], resources })).toMatchObject({ delivered: 2 });
      await resources.refresh();
    }
    expect(server.logs).toHaveLength(2);
    expect(stores.log.messages('warn')).toHaveLength(1);
  });
});
