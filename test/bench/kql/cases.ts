/** A question in both languages. Its bar is how many times DuckDB's time ours may take. */
export interface BenchCase {
  readonly name: string;
  readonly bar: number;
  readonly kql: string;
  readonly sql: string;
}

export const CASES: readonly BenchCase[] = [
  {
    name: 'filter + count by 5-minute bin and operation',
    bar: 2,
    kql: `AzureDiagnostics
| where TimeGenerated >= datetime(2026-05-01T02:00:00Z) and Category == "RequestResponse" and ResultSignature == "200"
| summarize n = count() by bin(TimeGenerated, 5m), OperationName`,
    sql: `SELECT time_bucket(INTERVAL 5 MINUTE, "TimeGenerated") t, "OperationName", count(*) n FROM AzureDiagnostics
WHERE "TimeGenerated" >= TIMESTAMP '2026-05-01 02:00:00' AND "Category" = 'RequestResponse' AND "ResultSignature" = '200' GROUP BY ALL`,
  },
  {
    name: 'percentiles by operation and hour',
    bar: 3,
    kql: 'AzureDiagnostics | summarize percentiles(DurationMs, 50, 95, 99) by OperationName, bin(TimeGenerated, 1h)',
    sql: `SELECT "OperationName", t, q[1], q[2], q[3] FROM (
SELECT "OperationName", time_bucket(INTERVAL 1 HOUR, "TimeGenerated") t, quantile_disc("DurationMs", [0.5, 0.95, 0.99]) q
FROM AzureDiagnostics GROUP BY 1, 2)`,
  },
  {
    name: 'join on correlation id',
    bar: 3,
    kql: `AzureDiagnostics | where Category == "RequestResponse"
| join kind=inner (AzureDiagnostics | where Category == "Trace" | project CorrelationId, TraceMs = DurationMs) on CorrelationId
| summarize n = count(), requests = sum(DurationMs), traces = sum(TraceMs) by OperationName`,
    sql: `SELECT r."OperationName", count(*) n, sum(r."DurationMs") requests, sum(t."DurationMs") traces FROM AzureDiagnostics r
JOIN AzureDiagnostics t ON r."CorrelationId" = t."CorrelationId" AND t."Category" = 'Trace' WHERE r."Category" = 'RequestResponse' GROUP BY 1`,
  },
  {
    name: 'has',
    bar: 1,
    kql: 'AzureDiagnostics | where properties_s has "gpt-4o" | summarize n = count() by OperationName',
    sql: `SELECT "OperationName", count(*) n FROM AzureDiagnostics
WHERE regexp_matches(properties_s, '(?i)(^|[^a-z0-9])gpt-4o([^a-z0-9]|$)') GROUP BY 1`,
  },
  {
    name: 'parse_json + sum',
    bar: 3,
    kql: `AzureDiagnostics | extend p = parse_json(properties_s)
| summarize tokens = sum(tolong(p.usage.totalTokens)) by model = tostring(p.modelName)`,
    sql: `SELECT properties_s->>'$.modelName' model, sum((properties_s->>'$.usage.totalTokens')::BIGINT) tokens FROM AzureDiagnostics GROUP BY 1`,
  },
  {
    name: 'arg_max by two keys',
    bar: 1.5,
    kql: 'AzureDiagnostics | summarize arg_max(TimeGenerated, DurationMs, CorrelationId) by Resource, OperationName',
    sql: `SELECT "Resource", "OperationName", max("TimeGenerated"), arg_max("DurationMs", "TimeGenerated"), arg_max("CorrelationId", "TimeGenerated")
FROM AzureDiagnostics GROUP BY 1, 2`,
  },
];

/** Asked of our side alone, after all cases. */
export const WINDOW = 'alert window';

/** The shape of an alert over the last five minutes. */
export const WINDOW_KQL = `AzureDiagnostics
| where TimeGenerated > ago(5m) and Category == "RequestResponse"
| summarize calls = count(), refused = countif(ResultSignature == "429") by bin(TimeGenerated, 1m), Resource
| extend rate = todouble(refused) / calls
| where calls >= 20
| top 10 by rate`;
