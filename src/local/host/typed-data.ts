/*
 * How trigger data travels from the host to the worker (RpcTypedData of the Functions protocol, as the Node library names its fields).
 * The library turns it into handler arguments and trigger metadata, lower-casing the first letter of every key.
 */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly int?: number;
  readonly double?: number;
  readonly http?: HttpData;
  readonly collectionString?: { readonly string: readonly string[] };
  readonly collectionBytes?: { readonly bytes: readonly Uint8Array[] };
  readonly collectionSint64?: { readonly sint64: readonly number[] };
}

interface NullableString {
  readonly value: string;
}

export interface HttpData {
  readonly method?: string;
  readonly url?: string;
  readonly nullableHeaders?: Readonly<Record<string, NullableString>>;
  readonly nullableParams?: Readonly<Record<string, NullableString>>;
  readonly nullableQuery?: Readonly<Record<string, NullableString>>;
  readonly body?: TypedData | null;
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly HttpCookie[];
}

/** A cookie of a response. Optional members arrive wrapped, as protobuf's nullable types do. */
export interface HttpCookie {
  readonly name: string;
  readonly value: string;
  readonly path?: NullableString;
  readonly domain?: NullableString;
  readonly expires?: { readonly value: { readonly seconds: number } };
  readonly secure?: { readonly value: boolean };
  readonly httpOnly?: { readonly value: boolean };
  readonly sameSite?: string | number;
  readonly maxAge?: { readonly value: number };
}

export type TriggerMetadata = Readonly<Record<string, TypedData>>;

export function json(value: unknown): TypedData {
  return { json: JSON.stringify(value) };
}

/** A time as .NET's JSON writes a DateTimeOffset: `2026-11-21T08:00:00.25+00:00`, without a fraction where it is zero. */
export function offsetTime(ms: number): string {
  return `${plainTime(ms)}+00:00`;
}

/** The same without a zone, as a DateTime of unspecified kind is written: read as local time by whoever does not know. */
export function plainTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, '');
}
