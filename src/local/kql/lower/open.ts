import type { Relation } from '../plan.ts';

/** Whether a table may have columns beside those that are known, because they depend on the data. */
export function isOpen(relation: Relation): boolean {
  switch (relation.kind) {
    case 'unpack':
    case 'pivot':
      return !relation.stated;
    case 'where':
    case 'sort':
    case 'take':
      return isOpen(relation.input);
    case 'sharedTable':
      return isOpen(relation.body);
    default:
      return false;
  }
}

/** The operators that do not need to know all columns of what flows into them. */
export const OVER_OPEN: ReadonlySet<string> = new Set([
  'FilterOperator',
  'SortOperator',
  'TopOperator',
  'TakeOperator',
  'CountOperator',
  'ProjectOperator',
  'SummarizeOperator',
  'RenderOperator',
  'AsOperator',
]);
