import { ERRORS } from '../model/errors.ts';
import type { HttpReply } from './heartbeat.ts';
import type { Settings } from './settings.ts';

/**
 * `null` when the visitor may read the console, else the refusal. The principal header counts only where App Service authentication is
 * on, because only then does the platform strip what a client sends under that name:
 * https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export function mayRead(
  settings: Pick<Settings, 'consoleAccess' | 'authenticationEnabled'>,
  headers: { get(name: string): string | null },
): HttpReply | null {
  if (settings.consoleAccess === 'open') return null;
  if (settings.authenticationEnabled && headers.get('x-ms-client-principal-id') !== null) return null;
  const { title } = ERRORS['TCN-H002'];
  const detail = settings.authenticationEnabled
    ? 'sign in through App Service authentication'
    : 'switch on App Service authentication for this app, or set TOCSIN_CONSOLE_ACCESS to open';
  return {
    status: 403,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: 'about:blank', title, status: 403, detail, code: 'TCN-H002' }),
  };
}
