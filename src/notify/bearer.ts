import type { Receiver, ReceiverKind } from '../model/config.ts';

/** What a token is for, by the services of Azure that take one of the app's identity instead of a key. */
const SCOPES: Partial<Readonly<Record<ReceiverKind, string>>> = {
  communicationServices: 'https://communication.azure.com/.default',
  eventGrid: 'https://eventgrid.azure.net/.default',
  eventHub: 'https://eventhubs.azure.net/.default',
};

/** The scope of the token with which the receiver is asked; `null` where it has a key, or takes no tokens. */
export function scopeFor({ kind, secret }: Receiver): string | null {
  return secret === '' ? (SCOPES[kind] ?? null) : null;
}

export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}
