import type { Config, DigestSchedule } from '../model/config.ts';
import type { Diagnostic } from '../model/errors.ts';
import type { Price } from '../model/price.ts';
import { isZone } from '../model/time-interval.ts';
import { ASSUMED_PRICES } from './assumed-prices.ts';
import { checkReceivers, receiverOf } from './config-receivers.ts';
import { checkRouting, inhibitRulesOf, intervalsOf, routeOf } from './config-routes.ts';
import { configFile, type RawConfig } from './config-schema.ts';
import { checkSilences, silencesOf } from './config-silences.ts';
import { checkSinks, sinkOf } from './config-sinks.ts';
import { diagnostic, readDocument } from './document.ts';
import { diagnosticsOf } from './issues.ts';
import { type Scope, scopeOf } from './scope.ts';
import { adviceFor } from './suggest.ts';

const DIGESTS = [
  { name: 'daily', period: 'daily' },
  { name: 'weekly', period: 'weekly' },
] as const;

export interface LoadedConfig {
  /** `null` where the file has an error: half a configuration would lose notifications. */
  readonly config: Config | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** What holds without a tocsin.yaml: nobody to notify, digests all the same. */
export function defaultConfig(): Config {
  return complete({ version: 1 });
}

/** Reads tocsin.yaml, checks it and fills in defaults. Never throws. */
export function loadConfig(path: string, text: string): LoadedConfig {
  const source = readDocument({ path, text });
  if (source.problems.length > 0) {
    return {
      config: null,
      diagnostics: source.problems.map(({ position, message }) => diagnostic('TCN-R001', path, position, message)),
    };
  }
  const { data, error } = configFile.safeParse(source.value);
  if (error !== undefined) {
    const codes = { general: 'TCN-C003', unknownKey: 'TCN-C003' } as const;
    return { config: null, diagnostics: diagnosticsOf(error.issues, source, [], configFile, codes) };
  }
  const scope = scopeOf(source, []);
  checkNames(data, scope);
  checkReceivers(data, scope);
  checkSinks(data.sinks ?? [], scope);
  checkZones(data, scope);
  checkRouting(data, scope);
  checkSilences(data, scope);
  return { config: scope.failed() ? null : complete(data), diagnostics: scope.diagnostics };
}

function complete(raw: RawConfig): Config {
  const receivers = (raw.receivers ?? []).flatMap(receiverOf);
  const route = routeOf(
    raw.route,
    receivers.map(({ name }) => name),
  );
  return {
    receivers,
    route,
    inhibit: inhibitRulesOf(raw),
    timeIntervals: intervalsOf(raw),
    silences: silencesOf(raw),
    digests: (raw.digests ?? DIGESTS).map((digest): DigestSchedule => {
      const {
        at = '08:00',
        zone = 'UTC',
        receivers: told = route.receivers,
      } = digest as NonNullable<RawConfig['digests']>[number];
      return { name: digest.name, period: digest.period, at, zone, receivers: told };
    }),
    sinks: (raw.sinks ?? []).flatMap(sinkOf),
    prices: pricesOf(raw.prices),
  };
}

/** The assumed prices are in dollars: a table in another currency stands alone. */
function pricesOf(raw: RawConfig['prices']): Config['prices'] {
  const { currency = ASSUMED_PRICES.currency, models = [] } = raw ?? {};
  const own = models.map(
    ({ model, version, sku, input, output, unitHour }): Price => ({
      model,
      ...(version !== undefined && { version }),
      ...(sku !== undefined && { sku }),
      ...(input !== undefined && { input }),
      ...(output !== undefined && { output }),
      ...(unitHour !== undefined && { unitHour }),
    }),
  );
  const named = new Set(own.map(({ model }) => model.toLowerCase()));
  const listed = currency === ASSUMED_PRICES.currency ? ASSUMED_PRICES.prices.filter(({ model }) => !named.has(model)) : [];
  return { currency, prices: [...own, ...listed] };
}

function checkNames(raw: RawConfig, scope: Scope): void {
  for (const part of ['receivers', 'digests', 'sinks', 'timeIntervals', 'silences'] as const) {
    const seen = new Set<string>();
    for (const [index, { name }] of (raw[part] ?? []).entries()) {
      if (seen.has(name)) scope.report('TCN-C003', [part, index, 'name'], `there are two ${part} named \`${name}\``);
      seen.add(name);
    }
  }
  const known = (raw.receivers ?? []).map(({ name }) => name);
  const check = (name: string, path: readonly (string | number)[]) => {
    if (known.includes(name)) return;
    scope.report('TCN-C003', path, `there is no receiver \`${name}\``, { hint: adviceFor(name, known, 'receivers') });
  };
  for (const [digest, { receivers = [] }] of (raw.digests ?? []).entries()) {
    for (const [index, name] of receivers.entries()) check(name, ['digests', digest, 'receivers', index]);
  }
}

function checkZones(raw: RawConfig, scope: Scope): void {
  for (const [index, { zone = 'UTC' }] of (raw.digests ?? []).entries()) {
    if (isZone(zone)) continue;
    scope.report('TCN-C003', ['digests', index, 'zone'], `there is no time zone \`${zone}\``, {
      hint: 'write it like Europe/Stockholm',
    });
  }
}
