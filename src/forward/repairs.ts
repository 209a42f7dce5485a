/** What was done to a body or record beyond plain decoding, or how it departed from the common shape. The words are counted and shown. */
export type Repair =
  | 'gzip'
  | 'byte order mark'
  | 'utf-16'
  | 'invalid utf-8'
  | 'double encoded'
  | 'bare array'
  | 'single record'
  | 'lines'
  | 'concatenated'
  | 'records spelling'
  | 'records not a list'
  | 'empty item'
  | 'scalar item'
  | 'missing comma'
  | 'trailing comma'
  | 'single quotes'
  | 'control characters'
  | 'bad escape'
  | 'bad number'
  | 'foreign literal'
  | 'unquoted name'
  | 'unparsed record'
  | 'cut tail'
  | 'garbage'
  | 'properties as text'
  | 'properties unparsed'
  | 'number as text'
  | 'unusual time'
  | 'no time';

export type RepairCounts = Partial<Record<Repair, number>>;

export const NO_REPAIRS: Readonly<RepairCounts> = Object.freeze({});

export function countRepair(counts: RepairCounts, repair: Repair, times = 1): void {
  counts[repair] = (counts[repair] ?? 0) + times;
}

export function addRepairs(counts: RepairCounts, more: Readonly<RepairCounts>): void {
  if (more === NO_REPAIRS) return;
  for (const [repair, times] of Object.entries(more)) countRepair(counts, repair as Repair, times);
}
