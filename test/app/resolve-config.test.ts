import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../src/app/resolve-config.ts';
import type { Config } from '../../src/model/config.ts';
import { rootRoute } from '../support/route.ts';

const CONFIG: Config = {
  receivers: [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how tocsin.yaml names a setting
    { kind: 'webhook', name: 'on-call', url: '${HOOK}', secret: '${HOOK_SECRET}', sendResolved: true, allowPrivate: false },
    { kind: 'webhook', name: 'wall', url: 'https://wall.example', secret: '', sendResolved: true, allowPrivate: false },
  ],
  route: rootRoute({ receivers: ['on-call', 'wall'] }),
  inhibit: [],
  timeIntervals: [],
  silences: [],
  digests: [{ name: 'daily', period: 'daily', at: '08:00', zone: 'UTC', receivers: ['on-call', 'wall'] }],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how tocsin.yaml names a setting
  sinks: [{ kind: 'otlp', name: 'collector', url: '${OTLP}', headers: { authorization: 'Bearer ${OTLP_TOKEN}' } }],
  prices: { currency: 'USD', prices: [] },
};

describe('configuration with references to settings', () => {
  it('gets their values', () => {
    const env = { HOOK: 'https://hook.example', HOOK_SECRET: 'whsec_x', OTLP: 'https://otlp.example', OTLP_TOKEN: 't' };
    const { config, missing } = resolveConfig(CONFIG, env, false);
    expect(missing).toEqual([]);
    expect(config.receivers[0]).toMatchObject({ url: 'https://hook.example', secret: 'whsec_x' });
    expect(config.sinks[0]).toMatchObject({ url: 'https://otlp.example', headers: { authorization: 'Bearer t' } });
  });

  it('leaves out, everywhere, what has no address, and says which settings are missing', () => {
    const { config, missing } = resolveConfig(CONFIG, {}, false);
    expect(missing).toEqual(['HOOK', 'HOOK_SECRET', 'OTLP', 'OTLP_TOKEN']);
    expect(config.receivers.map(({ name }) => name)).toEqual(['wall']);
    expect(config.route.receivers).toEqual(['wall']);
    expect(config.digests[0]?.receivers).toEqual(['wall']);
    expect(config.sinks).toEqual([]);
  });

  it('allows private addresses only on a laptop, unless the file allows them', () => {
    expect(resolveConfig(CONFIG, { HOOK: 'x' }, false).config.receivers[0]?.allowPrivate).toBe(false);
    expect(resolveConfig(CONFIG, { HOOK: 'x' }, true).config.receivers[0]?.allowPrivate).toBe(true);
  });

  it('leaves out a sink of which any setting is missing, whatever its kind', () => {
    const setting = (name: string): string => `\${${name}}`;
    const sinks: Config['sinks'] = [
      { kind: 'hec', name: 'splunk', url: 'https://s.example', headers: { authorization: `Splunk ${setting('TOKEN')}` } },
      { kind: 'azureMonitor', name: 'rule', url: `${setting('DCE')}/dataCollectionRules/x`, headers: {} },
      { kind: 'eventHub', name: 'hub', connection: setting('HUB'), namespace: '', hub: 'next' },
      { kind: 'blob', name: 'archive', connection: setting('BLOB'), url: '' },
      { kind: 'ndjson', name: 'plain', url: 'https://n.example', headers: {} },
    ];
    const on = (env: Readonly<Record<string, string>>) =>
      resolveConfig({ ...CONFIG, sinks }, env, false).config.sinks.map(({ name }) => name);
    expect(on({})).toEqual(['plain']);
    expect(on({ TOKEN: 't', DCE: 'https://d.example', HUB: 'Endpoint=x', BLOB: 'y' })).toEqual(sinks.map(({ name }) => name));
  });
});
