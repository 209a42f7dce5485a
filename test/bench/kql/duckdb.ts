import { DuckDBInstance } from '@duckdb/node-api';
import { CASES } from './cases.ts';

/* The same questions to DuckDB, over the same files. argv is the archive and the tries. */

const [dir = '', tries = '5'] = process.argv.slice(2);

const connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
const began = performance.now();
await connection.run(`CREATE TABLE AzureDiagnostics AS SELECT
  substr("time", 1, 26)::TIMESTAMP AS "TimeGenerated", category AS "Category", "operationName" AS "OperationName",
  "correlationId" AS "CorrelationId", "durationMs" AS "DurationMs", "resultSignature" AS "ResultSignature",
  upper(regexp_extract("resourceId", '[^/]+$')) AS "Resource", properties AS properties_s
FROM read_json('${dir}/**/*.json', format = 'newline_delimited', hive_partitioning = false, columns = {
  "time": 'VARCHAR', "resourceId": 'VARCHAR', category: 'VARCHAR', "operationName": 'VARCHAR', "correlationId": 'VARCHAR',
  "durationMs": 'BIGINT', "resultSignature": 'VARCHAR', properties: 'VARCHAR' })`);
const ingestMs = performance.now() - began;

const cases: { name: string; ms: number; rows: readonly (readonly unknown[])[] }[] = [];
for (const { name, sql } of CASES) {
  let best = Number.POSITIVE_INFINITY;
  let rows: readonly (readonly unknown[])[] = [];
  for (let attempt = 0; attempt < Number(tries); attempt += 1) {
    const start = performance.now();
    const reader = await connection.runAndReadAll(sql);
    rows = reader.getRowsJson() as readonly (readonly unknown[])[];
    best = Math.min(best, performance.now() - start);
  }
  process.stderr.write(`DuckDB ${name}: ${best.toFixed(1)} ms\n`);
  cases.push({ name, ms: best, rows });
}
process.stdout.write(JSON.stringify({ cases, ingestMs }));
