import { type Instant, instantOf, parseInstant, parseUsualInstant } from './instant.ts';
import { isLongInteger, isObject, type Json, type JsonObject } from './json.ts';
import { parseText } from './lenient.ts';
import { otherNames } from './other-names.ts';
import { countRepair, type RepairCounts } from './repairs.ts';

/** The values as sent, of which the typed part is read; what the quarantine keeps. */
interface Common {
  readonly source: JsonObject;
  readonly time: Instant;
  readonly timeFrom: 'record' | 'enqueued';
  readonly resourceId: string;
  readonly tenantId: string;
  readonly location: string;
}

interface Log extends Common {
  readonly category: string;
  readonly operationName: string;
  readonly operationVersion: string;
  readonly resultType: string;
  readonly resultSignature: string;
  readonly resultDescription: string;
  readonly correlationId: string;
  readonly callerIpAddress: string;
  /** Milliseconds; `null` where the record has none, or none that is a number. */
  readonly durationMs: number | null;
  readonly level: string;
  readonly properties: JsonObject | null;
  /** The properties where they are text that cannot be parsed. */
  readonly propertiesText: string;
  /** Members that no other field holds, as they came. */
  readonly others: readonly (readonly [name: string, value: Json])[];
}

/** A resource log, or any other record that is no metric. */
export interface ResourceLog extends Log {
  readonly kind: 'resource log';
}

/** A record of the subscription's activity log: control-plane writes, service and resource health, advice, policy. */
export interface ActivityLog extends Log {
  readonly kind: 'activity log';
}

/** One aggregated value of one metric, resource and grain. Absent aggregates are absent, not 0. */
export interface PlatformMetric extends Common {
  readonly kind: 'platform metric';
  readonly name: string;
  readonly unit: string;
  /** ISO 8601 duration, e.g. `PT1M`; empty where the record names none. */
  readonly grain: string;
  /** Numbers; a whole number beyond 2^53 as its digits. */
  readonly aggregates: Readonly<Partial<Record<Aggregate, number | string>>>;
  readonly dimensions: JsonObject | null;
  /** Whether it is known to have no members but those above. */
  readonly plain?: true;
}

export type Aggregate = 'total' | 'count' | 'minimum' | 'maximum' | 'average';
export const AGGREGATES: readonly Aggregate[] = ['total', 'count', 'minimum', 'maximum', 'average'];

export type DiagnosticRecord = ResourceLog | ActivityLog | PlatformMetric;

/**
 * Reads a decoded object as a diagnostic record, whatever the case of its keys and the form of its values. Every object is a record:
 * what is not understood is kept in `others`, and a time that is missing or not understood is the time of enqueuing (`fallback`).
 */
export function readRecord(source: JsonObject, fallback: Instant, repairs: RepairCounts): DiagnosticRecord {
  const fields: Fields = {};
  const others: [string, Json][] = [];
  for (const name in source) {
    const value = source[name];
    if (value === undefined || value === null) continue;
    const field = recordFieldOf(name);
    if (field === null || fields[field] !== undefined) others.push([name, value]);
    else fields[field] = value;
  }

  const metricName = fields.metricName;
  if (typeof metricName === 'string' && metricName !== '') {
    const aggregates = readAggregates(fields, repairs);
    if (aggregates !== null) return readMetric(source, metricName, aggregates, fields, fallback, repairs);
  }
  return readLog(source, fields, others, fallback, repairs);
}

/** Members that the typed part is read from. */
export const RECORD_FIELDS = [
  'time',
  'timeStamp',
  'timeGenerated',
  'eventTimestamp',
  'eventTimeString',
  'resourceId',
  'tenantId',
  'location',
  'category',
  'operationName',
  'operationVersion',
  'resultType',
  'resultSignature',
  'resultDescription',
  'correlationId',
  'callerIpAddress',
  'durationMs',
  'level',
  'properties',
  'eventProperties',
  'metricName',
  'timeGrain',
  'unit',
  'dimension',
  ...AGGREGATES,
] as const;
export type RecordField = (typeof RECORD_FIELDS)[number];
type Fields = Partial<Record<RecordField, Json>>;

const FIELDS: ReadonlyMap<string, RecordField> = new Map(RECORD_FIELDS.map((field) => [field.toLowerCase(), field]));
const TIMES = [
  'time',
  'timeStamp',
  'timeGenerated',
  'eventTimestamp',
  'eventTimeString',
] as const satisfies readonly RecordField[];
const METRIC_FIELDS = ['metricName', 'timeGrain', 'unit', 'dimension', ...AGGREGATES] as const satisfies readonly RecordField[];

const KNOWN_NAMES_LIMIT = 2_000;
const knownNames = new Map<string, RecordField | null>();

/** The field that a key names in any case. Keys repeat in every record, so each spelling is looked up once. */
export function recordFieldOf(name: string): RecordField | null {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const field = FIELDS.get(name.toLowerCase()) ?? null;
  if (knownNames.size < KNOWN_NAMES_LIMIT) knownNames.set(name, field);
  return field;
}

function readMetric(
  source: JsonObject,
  name: string,
  aggregates: PlatformMetric['aggregates'],
  fields: Fields,
  fallback: Instant,
  repairs: RepairCounts,
): PlatformMetric {
  const time = readTime(fields, repairs);
  return {
    kind: 'platform metric',
    source,
    time: time ?? fallback,
    timeFrom: time === null ? 'enqueued' : 'record',
    resourceId: textOf(fields.resourceId) ?? '',
    tenantId: textOf(fields.tenantId) ?? '',
    location: textOf(fields.location) ?? '',
    name,
    unit: textOf(fields.unit) ?? '',
    grain: textOf(fields.timeGrain) ?? '',
    aggregates,
    dimensions: isObject(fields.dimension) ? fields.dimension : null,
  };
}

function readLog(
  source: JsonObject,
  fields: Fields,
  others: [string, Json][],
  fallback: Instant,
  repairs: RepairCounts,
): ResourceLog | ActivityLog {
  const text = (field: RecordField): string => {
    const value = fields[field];
    if (value === undefined) return '';
    const read = textOf(value);
    if (read === null) others.push([field, value]);
    return read ?? '';
  };
  for (const field of METRIC_FIELDS) if (fields[field] !== undefined) others.push([field, fields[field]]);

  const time = readTime(fields, repairs);
  const duration = fields.durationMs === undefined ? null : numberOf(fields.durationMs);
  if (typeof duration === 'number' && typeof fields.durationMs === 'string') countRepair(repairs, 'number as text');
  if (duration === null && fields.durationMs !== undefined) others.push(['durationMs', fields.durationMs]);
  const { properties, propertiesText } = readProperties(fields, others, repairs);
  const [given, ofRecord, stated] = [text('category'), text('resourceId'), text('level')];
  const other = given === '' ? otherNames(others) : null;
  const category = given || (other?.category ?? '');
  return {
    kind: ACTIVITY_CATEGORIES.has(category.toLowerCase()) ? 'activity log' : 'resource log',
    source,
    time: time ?? fallback,
    timeFrom: time === null ? 'enqueued' : 'record',
    resourceId: ofRecord || (other?.resourceId ?? ''),
    tenantId: text('tenantId'),
    location: text('location'),
    category,
    operationName: text('operationName'),
    operationVersion: text('operationVersion'),
    resultType: text('resultType'),
    resultSignature: text('resultSignature'),
    resultDescription: text('resultDescription'),
    correlationId: text('correlationId'),
    callerIpAddress: text('callerIpAddress'),
    durationMs: duration === null ? null : Number(duration),
    level: stated || (other?.level ?? ''),
    properties,
    propertiesText,
    others,
  };
}

const ACTIVITY_CATEGORIES: ReadonlySet<string> = new Set([
  'administrative',
  'write',
  'delete',
  'action',
  'security',
  'servicehealth',
  'resourcehealth',
  'alert',
  'autoscale',
  'recommendation',
  'policy',
]);

/** The time, from the best of the members that may hold one. */
function readTime(fields: Fields, repairs: RepairCounts): Instant | null {
  if (typeof fields.time === 'string') {
    const usual = parseUsualInstant(fields.time);
    if (usual !== null) return usual;
  }
  for (const field of TIMES) {
    const value = fields[field];
    const instant = typeof value === 'string' ? parseInstant(value) : typeof value === 'number' ? instantOfNumber(value) : null;
    if (instant === null) continue;
    countRepair(repairs, 'unusual time');
    return instant;
  }
  countRepair(repairs, 'no time');
  return null;
}

/** Epoch seconds or milliseconds, told apart by size: 1e11 s is the year 5138, 1e11 ms is 1973. */
function instantOfNumber(value: number): Instant | null {
  if (value <= 0 || value > 1e14) return null;
  return instantOf(value < 1e11 ? value * 1000 : value);
}

function readProperties(
  fields: Fields,
  others: [string, Json][],
  repairs: RepairCounts,
): Pick<Log, 'properties' | 'propertiesText'> {
  const { properties, eventProperties } = fields;
  if (properties !== undefined && eventProperties !== undefined) others.push(['eventProperties', eventProperties]);
  const value = properties ?? eventProperties;
  if (value === undefined) return { properties: null, propertiesText: '' };
  if (isObject(value)) return { properties: value, propertiesText: '' };
  if (typeof value !== 'string') {
    others.push(['properties', value]);
    return { properties: null, propertiesText: '' };
  }
  if (value.trim() === '') return { properties: null, propertiesText: '' };

  const parsed = parseText(value);
  if (parsed === null || !isObject(parsed.value)) {
    countRepair(repairs, 'properties unparsed');
    return { properties: null, propertiesText: value };
  }
  countRepair(repairs, 'properties as text');
  for (const repair of parsed.repairs) countRepair(repairs, repair);
  return { properties: parsed.value, propertiesText: '' };
}

function readAggregates(fields: Fields, repairs: RepairCounts): PlatformMetric['aggregates'] | null {
  const aggregates: Partial<Record<Aggregate, number | string>> = {};
  let any = false;
  let texts = 0;
  for (const aggregate of AGGREGATES) {
    const value = fields[aggregate];
    const number = value === undefined ? null : numberOf(value);
    if (number === null) continue;
    aggregates[aggregate] = number;
    any = true;
    // Digits that a number would not hold are text here, however they came.
    if (typeof value === 'string' && typeof number === 'number') texts++;
  }
  if (texts > 0) countRepair(repairs, 'number as text', texts);
  return any ? aggregates : null;
}

/** A number, also one given as text; whole numbers beyond 2^53 stay digits. `null`: not a number. */
export function numberOf(value: Json): number | string | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^\s*-?\d+(\.\d+)?([eE][+-]?\d+)?\s*$/.test(value)) return null;
  const digits = value.trim();
  if (/^-?\d+$/.test(digits) && isLongInteger(digits.replace('-', ''))) return digits;
  return Number(digits);
}

/** A scalar as text; `null` for lists and objects. */
function textOf(value: Json | undefined): string | null {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? null : String(value);
}
