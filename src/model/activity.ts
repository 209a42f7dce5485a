import type { Labels } from './labels.ts';

/** An event of the activity log. `at` is when it happened; it may be listed up to hours later. */
export interface ActivityEvent {
  readonly id: string;
  readonly at: number;
  /** By the names of ACTIVITY_FIELDS; absent where the event does not say. */
  readonly fields: Labels;
}

/** What rules may filter by, split by and tell of. */
export const ACTIVITY_FIELDS = [
  'operation',
  'status',
  'subStatus',
  'level',
  'caller',
  'resource',
  'resourceType',
  'resourceGroup',
  'category',
  'description',
  'event',
  'service',
  'region',
  'incident',
  'type',
  'stage',
  'title',
  'health',
  'previousHealth',
  'cause',
] as const;

/** Categories as the activity log writes them. */
export const ACTIVITY_CATEGORIES = [
  'Administrative',
  'ServiceHealth',
  'ResourceHealth',
  'Autoscale',
  'Policy',
  'Recommendation',
  'Security',
] as const;

/** Whether a text fits a pattern: `*` stands for any text, case does not matter. */
export function fits(pattern: string, text: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const whole = text.toLowerCase();
  const [first = ''] = parts;
  if (parts.length === 1) return whole === first;
  const last = parts.at(-1) ?? '';
  if (!whole.startsWith(first) || whole.length < first.length + last.length || !whole.endsWith(last)) return false;
  let from = first.length;
  const end = whole.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = whole.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
