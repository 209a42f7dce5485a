/*
 * A hundred rules of the kinds that teams write: sixty over logs, forty over metrics. None is a copy of another: filters, splits, windows
 * and thresholds differ.
 */

const RESPOND = '{ owner: bench, within: 15m, action: look }';

export function benchRules(): string {
  const rules = [
    ...refusals(),
    ...deployments(),
    ...errorShares(),
    ...slowness(),
    ...tokens(),
    ...silences(),
    ...reports(),
    ...metrics(),
  ];
  return `version: 1\ndefaults: { every: 1m }\ntargets: { chat: { type: Microsoft.CognitiveServices/accounts } }\nrules:\n${rules.join('')}`;
}

function log(name: string, query: readonly string[], rest: string): string {
  const text = query.map((line) => `        ${line}`).join('\n');
  return `  - alert: ${name}\n    on: chat\n    log:\n      query: |\n${text}\n${rest}    respond: ${RESPOND}\n`;
}

/** Few rows of many: a status and who got it. */
function refusals(): readonly string[] {
  return ['400', '401', '403', '404', '408', '429', '500', '501', '502', '503', '504', '529'].map((status) =>
    log(
      `Refused${status}`,
      [
        'AzureDiagnostics',
        `| where Category == "RequestResponse" and ResultSignature == "${status}"`,
        '| summarize Refused = dcount(CorrelationId) by _ResourceId, CallerIPAddress',
      ],
      `      value: Refused\n      by: [CallerIPAddress]\n    window: 15m\n    every: 5m\n    when: ">= 5000"\n`,
    ),
  );
}

/** Every row, by a member of its JSON text. */
function deployments(): readonly string[] {
  return Array.from({ length: 10 }, (_, index) =>
    log(
      `Deployment${index}`,
      [
        'AzureDiagnostics',
        '| where Category == "RequestResponse"',
        '| extend Deployment = tostring(parse_json(properties_s).modelDeploymentName)',
        `| summarize Calls = count(), Refused = countif(ResultSignature == "429") by _ResourceId, Deployment`,
        `| where Calls >= ${20 + index}`,
        '| extend Share = todouble(Refused) / Calls',
      ],
      `      value: Share\n      by: [Deployment]\n    window: ${5 + (index % 3) * 5}m\n    when: "> ${10 + index}%"\n    for: 3m\n`,
    ),
  );
}

/** Every row, by its columns. */
function errorShares(): readonly string[] {
  return Array.from({ length: 10 }, (_, index) =>
    log(
      `ServerErrors${index}`,
      [
        'AzureDiagnostics',
        `| where Category == "RequestResponse"${index % 2 === 0 ? '' : ' and OperationName == "ChatCompletions_Create"'}`,
        '| summarize Calls = count(), Errors = countif(ResultSignature startswith "5"), Slowest = max(DurationMs) by _ResourceId, OperationName',
        `| where Calls >= ${50 + index} and Slowest > 0`,
        '| extend Share = todouble(Errors) / Calls',
      ],
      `      value: Share\n      by: [OperationName]\n    window: ${10 + index}m\n    when: "> ${5 + index}%"\n`,
    ),
  );
}

/** Every row, with what can only be computed from all of a window's. */
function slowness(): readonly string[] {
  return [50, 75, 90, 95, 98, 99].map((percentile) =>
    log(
      `SlowP${percentile}`,
      [
        'AzureDiagnostics',
        '| where Category == "RequestResponse" and ResultSignature == "200"',
        `| summarize Slow = percentile(DurationMs, ${percentile}) by _ResourceId, OperationName`,
      ],
      `      value: Slow\n      by: [OperationName]\n    window: 10m\n    every: 5m\n    when: "> ${percentile * 80}"\n`,
    ),
  );
}

/** Half of the rows over an hour. */
function tokens(): readonly string[] {
  return Array.from({ length: 8 }, (_, index) =>
    log(
      `Tokens${index}`,
      [
        'AzureDiagnostics',
        '| where Category == "AzureOpenAIRequestUsage"',
        '| extend Usage = parse_json(properties_s)',
        '| summarize Tokens = sum(tolong(Usage.promptTokens[0])) by _ResourceId, Deployment = tostring(Usage.modelDeploymentName)',
      ],
      `      value: Tokens\n      by: [Deployment]\n    window: ${1 + (index % 2)}h\n    every: 5m\n    when: "> ${index + 1}00000000"\n`,
    ),
  );
}

function silences(): readonly string[] {
  return Array.from({ length: 6 }, (_, index) =>
    log(
      `Silent${index}`,
      [
        'AzureDiagnostics',
        `| where Category == "${index % 2 === 0 ? 'RequestResponse' : 'AzureOpenAIRequestUsage'}"`,
        '| summarize Rows = count() by _ResourceId, bin(TimeGenerated, 5m)',
      ],
      `      value: Rows\n    absent: { for: ${30 + index * 10}m, expect: { seen: 1d } }\n    every: 5m\n`,
    ),
  );
}

function reports(): readonly string[] {
  return Array.from({ length: 8 }, (_, index) =>
    log(
      `Missing${index}`,
      [
        'AzureDiagnostics',
        '| where Category == "RequestResponse" and ResultSignature == "404"',
        `| summarize Calls = count() by bin(TimeGenerated, ${5 + 5 * (index % 2)}m), _ResourceId, CallerIPAddress`,
      ],
      `      value: Calls\n      by: [CallerIPAddress]\n    window: ${1 + (index % 3)}h\n    every: 15m\n    when: "> ${index * 1000}"\n    severity: 3\n`,
    )
      .replace('- alert:', '- report:')
      .replace(`    respond: ${RESPOND}\n`, ''),
  );
}

function metrics(): readonly string[] {
  const metric = (name: string, signal: string, rest: string): string =>
    `  - alert: ${name}\n    on: chat\n    metric: ${signal}\n${rest}    noData: ok\n    respond: ${RESPOND}\n`;
  return Array.from({ length: 40 }, (_, index) => {
    const window = `    window: ${[5, 10, 15, 30, 60][index % 5]}m\n`;
    switch (index % 4) {
      case 0:
        return metric(
          `MetricThrottled${index}`,
          '{ name: ModelRequests, where: { StatusCode: ["429"] }, over: { name: ModelRequests }, aggregate: total, by: [ModelDeploymentName] }',
          `${window}    when: "> ${10 + index}%"\n    floor: 20\n    for: 3m\n    clear: "< 5%"\n`,
        );
      case 1:
        return metric(
          `MetricErrors${index}`,
          '{ name: ModelRequests, where: { StatusCode: [">=500"] }, over: { name: ModelRequests }, aggregate: total, by: [ModelDeploymentName] }',
          `${window}    when: "> ${3 + index}%"\n    floor: 50\n`,
        );
      case 2:
        return metric(
          `MetricSlow${index}`,
          '{ name: TimeToResponse, where: { StatusCode: ["200"] }, aggregate: average, by: [ModelDeploymentName] }',
          `${window}    when: "> ${1500 + index * 10}"\n    for: 5m\n`,
        );
      default:
        return metric(
          `MetricTokens${index}`,
          '{ name: TotalTokens, aggregate: total, by: [ModelDeploymentName] }',
          `${window}    when: "> ${index}0000000"\n`,
        );
    }
  });
}
