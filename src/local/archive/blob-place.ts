import { TocsinError } from '../../model/errors.ts';

/** A storage account, one container of it, or what lies under a prefix there. */
export interface BlobPlace {
  /** The account's blob endpoint, without a slash at the end. */
  readonly endpoint: string;
  /** `null`: every container in which Azure archives diagnostics. */
  readonly container: string | null;
  /** `''`, or folders with a slash at the end. */
  readonly prefix: string;
  /** A shared access signature with its question mark, `''` where there is none. */
  readonly sas: string;
  /** The address without the signature. */
  readonly name: string;
}

/**
 * `https://ACCOUNT.blob.core.windows.net[/CONTAINER[/PREFIX]][?SAS]`; on loopback `http://127.0.0.1:PORT/ACCOUNT[/…]`, as Azurite has it.
 * `null` for anything that is no URL: that is a folder. Throws TCN-C002 for a URL that cannot be one, never with its query.
 */
export function blobPlace(text: string): BlobPlace | null {
  if (!/^https?:\/\//i.test(text)) return null;
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new TocsinError('TCN-C002', '--archive is neither a folder nor a URL of Blob Storage', { cause });
  }
  const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.username !== '' || url.password !== '') throw unfit(url, 'has a user name or a password in it');
  if (url.protocol === 'http:' && !loopback) throw unfit(url, 'is not https');
  const parts = url.pathname.split('/').filter((part) => part !== '');
  // An IP address has no subdomain to name the account.
  const account = loopback ? parts.shift() : null;
  if (account === undefined) throw unfit(url, 'names no account');
  const [container = null, ...folders] = parts.map(decodeURIComponent);
  const endpoint = account === null ? url.origin : `${url.origin}/${account}`;
  const prefix = folders.length === 0 ? '' : `${folders.join('/')}/`;
  return { endpoint, container, prefix, sas: url.search, name: `${url.origin}${url.pathname}` };
}

function unfit({ origin, pathname, host }: URL, why: string): TocsinError {
  return new TocsinError('TCN-C002', `--archive ${origin === 'null' ? host : origin}${pathname} ${why}`);
}
