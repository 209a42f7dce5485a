import type { TokenCredential } from '@azure/identity';

/** The identity of the app: managed identity in Azure, the developer's own sign-in elsewhere. The library is loaded at the first token. */
export function azureCredential(clientId: string | null): TokenCredential {
  let loading: Promise<TokenCredential> | undefined;
  const load = async (): Promise<TokenCredential> => {
    const { DefaultAzureCredential } = await import('@azure/identity');
    return new DefaultAzureCredential(clientId === null ? {} : { managedIdentityClientId: clientId });
  };
  return {
    getToken: async (scopes, options) => {
      loading ??= load();
      return (await loading).getToken(scopes, options);
    },
  };
}

/** What a stand-in on loopback is given: it checks nobody. */
export function loopbackCredential(): TokenCredential {
  return { getToken: async () => ({ token: 'loopback', expiresOnTimestamp: Date.now() + 3_600_000 }) };
}
