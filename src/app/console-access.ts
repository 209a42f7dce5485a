import type { Actor } from '../model/access.ts';
import { type AccessSettings, callerOf } from './access.ts';
import { type HttpCall, type HttpReply, problemReply } from './http.ts';

/** Who looks at the console, or the refusal. */
export function visitorOf(
  call: Pick<HttpCall, 'url' | 'headers'>,
  settings: AccessSettings,
): { readonly visitor: Actor; readonly refusal: null } | { readonly visitor: null; readonly refusal: HttpReply } {
  const visitor = callerOf(call, settings);
  if (visitor !== null) return { visitor, refusal: null };
  const detail = !settings.authenticationEnabled
    ? 'switch on App Service authentication for this app, or set TOCSIN_CONSOLE_ACCESS to open'
    : call.headers.get('x-ms-client-principal-id') === null
      ? 'sign in through App Service authentication'
      : 'none of your roles and groups may look; see TOCSIN_READERS';
  return { visitor: null, refusal: problemReply('TCN-H002', detail) };
}
