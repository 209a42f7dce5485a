import type { Config, OtlpSink, Receiver } from '../model/config.ts';
import type { Route } from '../model/route.ts';

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The configuration with `${SETTING}` replaced by values, and the settings that it names but nobody set. */
export interface ResolvedConfig {
  readonly config: Config;
  /** Names of the missing settings; what depends on one in its URL is left out of `config`. */
  readonly missing: readonly string[];
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
        allowPrivate: receiver.allowPrivate || onLaptop,
      }),
    )
    .filter((receiver) => receiver.url !== '');
  const known = new Set(receivers.map((receiver) => receiver.name));
  const sinks = config.sinks
    .map(
      (sink): OtlpSink => ({
        ...sink,
        url: fill(sink.url),
        headers: Object.fromEntries(Object.entries(sink.headers).map(([name, value]) => [name, fill(value)])),
      }),
    )
    .filter((sink) => sink.url !== '');
  return {
    config: {
      ...config,
      receivers,
      sinks,
      route: onlyKnown(config.route, known),
      digests: config.digests.map((digest) => ({ ...digest, receivers: digest.receivers.filter((name) => known.has(name)) })),
    },
    missing: [...missing].sort(),
  };
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
