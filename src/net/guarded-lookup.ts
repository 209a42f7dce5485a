import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { TocsinError } from '../model/errors.ts';
import { type Reach, reachOf } from './address.ts';

/** Resolves a name to all its addresses; `dns.lookup` with `all: true`. */
export type Resolver = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Which addresses a connection may go to. */
export type Permitted = (reach: Reach) => boolean;

/**
 * A `lookup` hook that only hands on permitted addresses. It runs when the socket connects, so that a name that answers differently the
 * second time (DNS rebinding) gains nothing. Node does not call it for IP literals: those are checked apart.
 */
export function guardedLookup(permitted: Permitted, resolve: Resolver = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const allowed = addresses.filter(({ address }) => permitted(reachOf(address)));
      const [first] = allowed;
      if (first === undefined) return callback(notAllowed(hostname), '', 0);
      if (options.all === true) return callback(null, allowed);
      callback(null, first.address, first.family);
    });
  };
}

function notAllowed(hostname: string): NodeJS.ErrnoException {
  return new TocsinError('TCN-N004', `${hostname} resolves to no address that may be sent to`);
}
