import { type Actor, hasRole, highestRole, type Role } from '../model/access.ts';
import { TocsinError } from '../model/errors.ts';
import type { HttpCall } from './http.ts';
import { isSameSecret } from './same-secret.ts';
import type { Settings } from './settings.ts';

export type AccessSettings = Pick<Settings, 'consoleAccess' | 'authenticationEnabled' | 'apiKeys' | 'roles' | 'consoleUrl'>;

/** What App Service authentication puts into `x-ms-client-principal`. */
interface Principal {
  readonly role_typ?: string;
  readonly claims?: readonly { readonly typ?: string; readonly val?: string }[];
}

const ROLE_CLAIMS = ['roles', 'groups', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'];
const OPEN: Actor = { name: 'anybody', via: 'open access', role: 'admin' };

/**
 * Who is calling: an API key, a person signed in through App Service authentication, or anybody where access is open. `null` for none of
 * them.
 *
 * The principal counts only where App Service authentication is on, because only then does the platform strip what a client sends under
 * that name: https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export function callerOf({ url, headers }: Pick<HttpCall, 'url' | 'headers'>, settings: AccessSettings): Actor | null {
  const secret = keyOf(url, headers);
  const known = secret === null ? undefined : settings.apiKeys.find((key) => isSameSecret(key.secret, secret));
  if (known !== undefined) return { name: known.name, via: 'api key', role: known.role };
  if (settings.consoleAccess === 'open') return OPEN;
  return settings.authenticationEnabled ? personOf(headers, settings) : null;
}

/** Throws TCN-H015 where nobody is known, TCN-H002 where the caller may not do that. */
export function mustBe(actor: Actor | null, needed: Role): Actor {
  if (actor === null) throw new TocsinError('TCN-H015', 'this needs a sign-in or an API key');
  if (!hasRole(actor, needed)) throw new TocsinError('TCN-H002', `${actor.name} is ${actor.role}; this needs the role ${needed}`);
  return actor;
}

/**
 * Throws TCN-H013 where a browser says that another site makes the request: it would bring the sign-in of whoever looks at that site, and
 * reach what is open to this machine or network only. Keys and signed links are never sent by a browser on its own.
 */
export function mustComeFromHere(actor: Actor, { url, headers }: Pick<HttpCall, 'url' | 'headers'>, consoleUrl: string): void {
  if (actor.via === 'api key') return;
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') throw new TocsinError('TCN-H013', `sec-fetch-site is ${site}`);
  const origin = headers.get('origin');
  if (origin === null) return;
  const ours = [url.origin, URL.canParse(consoleUrl) ? new URL(consoleUrl).origin : ''];
  if (!ours.includes(origin)) throw new TocsinError('TCN-H013', 'the origin is not this console');
}

/** Where clients can put a key: Azure's own two places, and those that Prometheus, amtool and Grafana have. */
function keyOf(url: URL, headers: HttpCall['headers']): string | null {
  const direct = headers.get('x-functions-key') ?? url.searchParams.get('code');
  if (direct !== null) return direct;
  const [scheme = '', credentials = ''] = (headers.get('authorization') ?? '').split(/\s+/, 2);
  if (/^bearer$/i.test(scheme)) return credentials;
  if (!/^basic$/i.test(scheme)) return null;
  const decoded = Buffer.from(credentials, 'base64').toString('utf8');
  return decoded.slice(decoded.indexOf(':') + 1);
}

/** Whoever is signed in may read, unless readers are named. */
function personOf(headers: HttpCall['headers'], { roles }: AccessSettings): Actor | null {
  const id = headers.get('x-ms-client-principal-id');
  if (id === null) return null;
  const principal = decoded(headers.get('x-ms-client-principal'));
  const types = [...ROLE_CLAIMS, principal.role_typ];
  const held = new Set(
    (principal.claims ?? []).flatMap(({ typ, val }) => (val !== undefined && types.includes(typ) ? [val.toLowerCase()] : [])),
  );
  const holds = (names: readonly string[]): boolean => names.some((name) => held.has(name.toLowerCase()));
  const role = highestRole([
    ...(holds(roles.admin) ? ['admin' as const] : []),
    ...(holds(roles.responder) ? ['responder' as const] : []),
    ...(roles.reader.length === 0 || holds(roles.reader) ? ['reader' as const] : []),
  ]);
  return role === null ? null : { name: headers.get('x-ms-client-principal-name') ?? id, via: 'sign-in', role };
}

function decoded(header: string | null): Principal {
  try {
    const found: unknown = JSON.parse(Buffer.from(header ?? '', 'base64').toString('utf8'));
    return typeof found === 'object' && found !== null ? (found as Principal) : {};
  } catch {
    return {};
  }
}
