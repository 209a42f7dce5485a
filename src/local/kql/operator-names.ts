/** The tabular operators of KQL, as they are written after a pipe. */
export const OPERATOR_NAMES: readonly string[] = [
  ...[
    'as',
    'consume',
    'count',
    'distinct',
    'evaluate',
    'extend',
    'facet',
    'filter',
    'find',
    'fork',
    'getschema',
    'invoke',
    'join',
  ],
  ...['limit', 'lookup', 'make-series', 'mv-apply', 'mv-expand', 'mvapply', 'mvexpand', 'order', 'parse', 'parse-kv'],
  ...['parse-where', 'partition', 'print', 'project', 'project-away', 'project-by-names', 'project-keep', 'project-rename'],
  ...['project-reorder', 'range', 'reduce', 'render', 'sample', 'sample-distinct', 'scan', 'search', 'serialize', 'sort'],
  ...['summarize', 'take', 'top', 'top-hitters', 'top-nested', 'union', 'where'],
];
