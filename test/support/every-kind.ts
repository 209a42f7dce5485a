/** A rule file with every kind of signal that is not a metric or a log, for what the scenarios' estate has. */
export const EVERY_KIND = `version: 1
targets:
  chat: { type: Microsoft.CognitiveServices/accounts, kinds: [OpenAI] }
rules:
  - alert: DeploymentDeleted
    on: chat
    activity: { where: { operation: "*/deployments/delete", status: Succeeded } }
    summary: "{{labels.caller}} deleted {{labels.resource}}"
    respond: { owner: ai-platform, within: 15m, action: Ask who did it. }
  - alert: BackupMissed
    heartbeat: { id: backup, period: 10m, grace: 5m }
    summary: "{{labels.heartbeat}}: {{details.why}}. {{details.note}}"
    respond: { owner: ai-platform, within: 1h, action: Start it by hand. }
  - report: ChatUsesItsLimit
    on: chat
    metric: { name: TotalTokens, aggregate: total, by: [ModelDeploymentName] }
    window: 5m
    when: "> 0.5% of capacity.tokensPerMinute"
    summary: "{{labels.ModelDeploymentName}} uses {{value}} of its limit"
  - report: QuotaUsedUp
    on: chat
    inventory: { value: quotaUsed }
    when: ">= 100%"
    summary: "{{labels.Quota}} in {{labels.Region}}: {{details.used}} of {{details.limit}}"
  - report: ModelRetires
    on: chat
    inventory: { value: daysToRetirement }
    when: "< 10000"
    summary: "{{labels.ModelName}} retires on {{details.retiresOn}}"
  - report: Spend
    on: chat
    cost: { by: [ModelDeploymentName] }
    window: 1h
    when: "> 0"
    summary: "{{labels.ModelDeploymentName}} cost {{value}}"
`;
