import { DuckDBInstance } from '@duckdb/node-api';
import { CASES } from './cases.ts';
import { answer } from './side.ts';

/* The same questions to DuckDB, over the same files. argv is the archive. */

const [dir = ''] = process.argv.slice(2);

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

answer({ ingestMs }, async (name) => {
  const start = performance.now();
  const reader = await connection.runAndReadAll(CASES.find((each) => each.name === name)?.sql ?? '');
  const rows = reader.getRowsJson() as readonly (readonly unknown[])[];
  return { ms: performance.now() - start, rows };
});
