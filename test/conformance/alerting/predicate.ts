import {
  type AlertingCase,
  compared,
  type Fields,
  fields,
  list,
  notUnderstood,
  number,
  operatorOf,
  type Verdict,
} from './case.ts';
import { type CaseRow, caseWorld, compileRules, duration, TABLE, type WrittenRule } from './world.ts';

const STEP = 60;

/** Bounds that violate: `max…` from above, `min…` from below, or an operator with its threshold. */
function boundsOf(given: Fields, factor: number): readonly string[] {
  const bounds = Object.entries(given).flatMap(([key, value]) => {
    if (typeof value !== 'number' || /denominator|sample|total|count|events|floor/.test(key)) return [];
    if (/^max/.test(key)) return [`> ${plain(value / factor)}`];
    return /^min/.test(key) ? [`< ${plain(value / factor)}`] : [];
  });
  if (bounds.length > 0) return bounds;
  const condition = { ...given, ...fields(given.condition), ...fields(given.rule) } as Fields;
  return typeof condition.threshold === 'number'
    ? [`${operatorOf(condition.op ?? condition.operator)} ${plain(condition.threshold / factor)}`]
    : [];
}

/** Without an exponent, as rule files have numbers. */
const plain = (value: number): string =>
  Number(value.toPrecision(12)).toLocaleString('en', { useGrouping: false, maximumFractionDigits: 15 });

/** One value after the other through a rule for each bound; violated where any of them is in breach. */
async function violations(
  bounds: readonly string[],
  rule: WrittenRule,
  items: readonly (CaseRow['cells'] | null)[],
): Promise<readonly boolean[]> {
  const rules = Object.fromEntries(
    bounds.map((when, index) => [`Bound${index}`, { window: duration(STEP), every: duration(STEP), ...rule, when }]),
  );
  const world = caseWorld(compileRules(rules), 0);
  const found: boolean[] = [];
  for (const [index, cells] of items.entries()) {
    if (cells !== null) world.rows.push({ at: index * STEP, cells });
    await world.passTo((index + 1) * STEP, STEP);
    found.push(world.instances().some(({ state }) => state === 'firing'));
  }
  return found;
}

const booleansIn = (expect: Fields): readonly boolean[] | null => {
  const found = Object.values(expect).find((value) => Array.isArray(value) && value.every((one) => typeof one === 'boolean'));
  if (found !== undefined) return found as readonly boolean[];
  const single = Object.values(expect).find((value) => typeof value === 'boolean');
  return single === undefined ? null : [single as boolean];
};

/** Values and bounds: which values violate. */
export async function thresholdPredicate({ given, expect }: AlertingCase): Promise<Verdict> {
  const flat = { ...given, ...fields(given.rule) } as Fields;
  const values = Object.values(given).find(
    (value) => Array.isArray(value) && value.every((one) => one === null || typeof one === 'number'),
  );
  const items = values === undefined ? [given.value] : list(values);
  const wanted = booleansIn(expect);
  const bounds = boundsOf(flat, 1);
  if (wanted === null || bounds.length === 0) return notUnderstood(given);
  const rule = { log: { table: TABLE, value: 'Value' } };
  const cells = items.map((value) => (typeof value === 'number' ? { Value: value } : null));
  return compared('violated', await violations(bounds, rule, cells), wanted);
}

/** Parts and wholes, a least whole and bounds: which shares violate. */
export async function ratioPredicate({ given, expect }: AlertingCase): Promise<Verdict> {
  const flat = { ...given, ...fields(given.rule) } as Fields;
  const written = Object.values(given).find(
    (value) => Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null),
  );
  const items = (written === undefined ? [given] : list(written)).map(sharesOf);
  const wanted = booleansIn(expect);
  const percent = Object.keys(flat).some((key) => /percent/.test(key)) ? 100 : 1;
  const bounds = boundsOf(flat, percent);
  if (wanted === null || bounds.length === 0 || items.includes(null)) return notUnderstood(given);
  const floor = Object.entries(flat).find(([key]) => /^min.*(denominator|sample|total|count|events)|floor/.test(key))?.[1];
  const rule = { log: { table: TABLE, value: 'Part', over: 'Whole' }, floor: number(floor) };
  return compared('violated', await violations(bounds, rule, items), wanted);
}

function sharesOf(item: unknown): CaseRow['cells'] | null {
  if (Array.isArray(item)) return { Part: number(item[0]), Whole: number(item[1]) };
  const find = (pattern: RegExp) =>
    Object.entries(fields(item)).find(([key, value]) => pattern.test(key) && typeof value === 'number')?.[1];
  const part = find(/match|numerator|bad|error|fail|part/);
  const whole = find(/total|denominator|^all|whole|^count/);
  const other = find(/other|good|rest|ok/);
  if (part === undefined || (whole === undefined && other === undefined)) return null;
  return { Part: number(part), Whole: whole === undefined ? number(part) + number(other) : number(whole) };
}
