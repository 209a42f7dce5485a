import type { Config, Receiver } from '../model/config.ts';
import type { Route } from '../model/route.ts';
import { sinkIsOn } from '../model/sink.ts';

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The configuration with `${SETTING}` replaced by values, and the settings that it names but nobody set. */
export interface ResolvedConfig {
  readonly config: Config;
  /** Names of the missing settings; what depends on one in its URL is left out of `config`. */
  readonly missing: readonly string[];
  /** Receivers that name a missing setting, as they are written. */
  readonly incomplete: readonly { readonly receiver: Receiver; readonly missing: readonly string[] }[];
}

/**
 * Secrets stay out of files: they come from app settings, which may be Key Vault references. On a laptop, whose console is on
 * loopback, receivers may be on this machine, too.
 */
export function resolveConfig(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  onLaptop: boolean,
): ResolvedConfig {
  const missing = new Set<string>();
  const fill = (text: string): string =>
    text.replace(REFERENCE, (_, name: string) => {
      const value = env[name];
      if (value === undefined || value === '') missing.add(name);
      return value ?? '';
    });
  const receivers = config.receivers
    .map(
      (receiver): Receiver => ({
        ...receiver,
        url: fill(receiver.url),
        secret: fill(receiver.secret),
        ...(receiver.from === undefined ? {} : { from: fill(receiver.from) }),
        ...(receiver.to === undefined ? {} : { to: receiver.to.map(fill).filter((address) => address !== '') }),
        allowPrivate: receiver.allowPrivate || onLaptop,
      }),
    )
    .filter((receiver) => receiver.url !== '');
  const known = new Set(receivers.map((receiver) => receiver.name));
  const sinks = config.sinks.flatMap((sink) => {
    let isComplete = true;
    const whole = filled(sink, (text) => {
      isComplete &&= references(text).every((name) => (env[name] ?? '') !== '');
      return fill(text);
    });
    return isComplete && sinkIsOn(whole) ? [whole] : [];
  });
  return {
    config: {
      ...config,
      receivers,
      sinks,
      route: onlyKnown(config.route, known),
      digests: config.digests.map((digest) => ({ ...digest, receivers: digest.receivers.filter((name) => known.has(name)) })),
    },
    missing: [...missing].sort(),
    incomplete: config.receivers.flatMap((receiver) => {
      const { url, secret, from = '', to = [] } = receiver;
      const named = [url, secret, from, ...to].flatMap(references).filter((name) => missing.has(name));
      return named.length === 0 ? [] : [{ receiver, missing: [...new Set(named)].sort() }];
    }),
  };
}

/** Every text of a sink with its settings filled in. */
function filled<Value>(value: Value, fill: (text: string) => string): Value {
  if (typeof value === 'string') return fill(value) as Value;
  if (Array.isArray(value)) return value.map((item: unknown) => filled(item, fill)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filled(member, fill)])) as Value;
}

function references(text: string): readonly string[] {
  return [...text.matchAll(REFERENCE)].map(([, name = '']) => name);
}

function onlyKnown(route: Route, known: ReadonlySet<string>): Route {
  return {
    ...route,
    receivers: route.receivers.filter((name) => known.has(name)),
    ...(route.escalate !== undefined && {
      escalate: route.escalate.map((step) => ({ ...step, receivers: step.receivers.filter((name) => known.has(name)) })),
    }),
    routes: route.routes.map((child) => onlyKnown(child, known)),
  };
}
