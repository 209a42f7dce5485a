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
  const isSignedIn = call.headers.get('x-ms-client-principal-id') !== null;
  if (settings.authenticationEnabled && !isSignedIn && (call.headers.get('accept') ?? '').includes('text/html')) {
    return { visitor: null, refusal: toSignIn(call.url) };
  }
  const detail = !settings.authenticationEnabled
    ? 'switch on App Service authentication for this app, or set TOCSIN_CONSOLE_ACCESS to open'
    : !isSignedIn
      ? 'sign in through App Service authentication'
      : 'none of your roles and groups may look; see TOCSIN_READERS';
  return { visitor: null, refusal: problemReply('TCN-H002', detail) };
}

/** Pages that links without a sign-in lead to are open to App Service authentication, which does not send anybody to sign in there. */
function toSignIn({ pathname, search }: URL): HttpReply {
  const back = encodeURIComponent(`/${pathname.replace(/^\/+/, '')}${search}`);
  return {
    status: 302,
    headers: { location: `/.auth/login/aad?post_login_redirect_uri=${back}`, 'cache-control': 'no-store' },
    body: '',
  };
}
