targetScope = 'subscription'

@minLength(1)
@maxLength(40)
@description('Name of the environment; it names the resource group and seeds the names of everything in it.')
param environmentName string

@minLength(1)
@description('Region of the app and its storage.')
param location string

@description('Subscriptions to watch. Tocsin gets Monitoring Reader on each.')
param watchedSubscriptions array = [
  subscription().subscriptionId
]

@description('Log Analytics workspaces that log rules query: { subscriptionId, resourceGroup, name }.')
param watchedWorkspaces array = []

@secure()
@description('Secrets of receivers, sinks and callers by the names of names.json, e.g. webhook-url; those that are empty are not set.')
param secrets object

@description('Base URL of the OTLP/HTTP endpoint that streamed diagnostics go to; empty: they are counted and dropped.')
param otlpEndpoint string = ''

@allowed([
  'entra'
  'open'
])
@description('Who may read the console: people signed in through App Service authentication, or anybody who reaches it.')
param consoleAccess string = 'entra'

@description('App roles and group ids of Entra ID whose people may do everything, separated by commas.')
param admins string = 'Tocsin.Admin'

@description('The same for who may acknowledge and silence.')
param responders string = 'Tocsin.Responder'

@description('The same for who may look; empty: everybody who is signed in.')
param readers string = ''

@description('Client id of the app registration that people sign in with through App Service authentication; empty: it is not switched on.')
param authClientId string = ''

@description('Logs ingestion endpoint of a sink azureMonitor; empty: none.')
param logsIngestionEndpoint string = ''

@description('Immutable id (dcr-...) of the data collection rule of that sink.')
param logsIngestionRule string = ''

@description('Data collection rules that the app may send to: { subscriptionId, resourceGroup, name }.')
param ingestionRules array = []

@description('Address of streaming ingestion of Azure Data Explorer, for a sink ndjson; empty: none.')
param adxUrl string = ''

@description('Databases of Azure Data Explorer that the app may ingest into: { subscriptionId, resourceGroup, cluster, name }.')
param kustoDatabases array = []

@description('Host name of the namespace of a sink eventHub; empty: none.')
param sinkHubNamespace string = ''

@description('Hub of that sink.')
param sinkHubName string = ''

@description('Hubs that the app may send to, as a sink or a receiver: { subscriptionId, resourceGroup, namespace, name }.')
param sendingHubs array = []

@description('Address of the storage account of a sink blob; empty: none.')
param archiveUrl string = ''

@description('Storage accounts that the app may archive to: { subscriptionId, resourceGroup, name }.')
param archiveAccounts array = []

@description('Event Grid topics that the app may publish to as a receiver: { subscriptionId, resourceGroup, name }.')
param eventGridTopics array = []

@description('Communication Services that the app may send e-mail through: { subscriptionId, resourceGroup, name }.')
param communicationServices array = []

@allowed([
  512
  2048
  4096
])
@description('Memory of an instance, in MB.')
param instanceMemoryMB int = 2048

@minValue(1)
@maxValue(1000)
@description('Upper bound of instances.')
param maximumInstanceCount int = 40

@description('Whether the Event Hubs namespace refuses shared keys. Diagnostic settings may need one to stream: see docs/deploy.md.')
param disableEventHubLocalAuth bool = false

var names = loadJsonContent('names.json')
// Names alone: what they stand for goes to the vault.
var givenSecrets = filter(names.secrets, secret => contains(secrets, secret) && !empty(secrets[secret]))
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = {
  'azd-env-name': environmentName
}

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-tocsin-${token}'
    location: location
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'sttocsin${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
  }
}

module eventHub 'modules/event-hub.bicep' = {
  name: 'event-hub'
  scope: group
  params: {
    name: 'evhns-tocsin-${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    disableLocalAuth: disableEventHubLocalAuth
  }
}

module telemetry 'modules/telemetry.bicep' = {
  name: 'telemetry'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    principalId: identity.outputs.principalId
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: 'kv-tocsin-${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    secrets: secrets
  }
}

module workspaceReaders 'modules/workspace-reader.bicep' = [
  for workspace in watchedWorkspaces: {
    name: 'reader-${workspace.name}'
    scope: resourceGroup(workspace.subscriptionId, workspace.resourceGroup)
    params: {
      workspaceName: workspace.name
      principalId: identity.outputs.principalId
    }
  }
]

module subscriptionReaders 'modules/subscription-reader.bicep' = [
  for subscriptionId in watchedSubscriptions: {
    name: 'reader-${uniqueString(subscriptionId)}'
    scope: subscription(subscriptionId)
    params: {
      principalId: identity.outputs.principalId
    }
  }
]

module ingestionRules 'modules/ingestion-rule.bicep' = [
  for rule in ingestionRules: {
    name: 'ingestion-rule-${uniqueString(string(rule))}'
    scope: resourceGroup(rule.subscriptionId, rule.resourceGroup)
    params: {
      ruleName: rule.name
      principalId: identity.outputs.principalId
    }
  }
]

module kustoIngestors 'modules/kusto-ingestor.bicep' = [
  for database in kustoDatabases: {
    name: 'kusto-ingestor-${uniqueString(string(database))}'
    scope: resourceGroup(database.subscriptionId, database.resourceGroup)
    params: {
      clusterName: database.cluster
      databaseName: database.name
      clientId: identity.outputs.clientId
    }
  }
]

module hubSenders 'modules/hub-sender.bicep' = [
  for hub in sendingHubs: {
    name: 'hub-sender-${uniqueString(string(hub))}'
    scope: resourceGroup(hub.subscriptionId, hub.resourceGroup)
    params: {
      namespaceName: hub.namespace
      hubName: hub.name
      principalId: identity.outputs.principalId
    }
  }
]

module archiveWriters 'modules/archive-writer.bicep' = [
  for account in archiveAccounts: {
    name: 'archive-writer-${uniqueString(string(account))}'
    scope: resourceGroup(account.subscriptionId, account.resourceGroup)
    params: {
      accountName: account.name
      principalId: identity.outputs.principalId
    }
  }
]

module topicSenders 'modules/topic-sender.bicep' = [
  for topic in eventGridTopics: {
    name: 'topic-sender-${uniqueString(string(topic))}'
    scope: resourceGroup(topic.subscriptionId, topic.resourceGroup)
    params: {
      topicName: topic.name
      principalId: identity.outputs.principalId
    }
  }
]

module mailSenders 'modules/mail-sender.bicep' = [
  for service in communicationServices: {
    name: 'mail-sender-${uniqueString(string(service))}'
    scope: resourceGroup(service.subscriptionId, service.resourceGroup)
    params: {
      serviceName: service.name
      principalId: identity.outputs.principalId
    }
  }
]

module app 'modules/function-app.bicep' = {
  name: 'function-app'
  scope: group
  params: {
    name: 'func-tocsin-${token}'
    planName: 'plan-tocsin-${token}'
    location: location
    tags: union(tags, {
      'azd-service-name': 'app'
    })
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    eventHubNamespaceHost: eventHub.outputs.host
    applicationInsightsName: telemetry.outputs.applicationInsightsName
    vaultUri: vault.outputs.uri
    watchedSubscriptions: watchedSubscriptions
    watchedWorkspaceIds: [for (workspace, index) in watchedWorkspaces: workspaceReaders[index].outputs.customerId]
    givenSecrets: givenSecrets
    otlpEndpoint: otlpEndpoint
    logsIngestionEndpoint: logsIngestionEndpoint
    logsIngestionRule: logsIngestionRule
    adxUrl: adxUrl
    sinkHubNamespace: sinkHubNamespace
    sinkHubName: sinkHubName
    archiveUrl: archiveUrl
    authClientId: authClientId
    consoleAccess: consoleAccess
    admins: admins
    responders: responders
    readers: readers
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
  }
}

module watchdog 'modules/watchdog.bicep' = {
  name: 'watchdog'
  scope: group
  params: {
    name: 'alert-tocsin-silent-${token}'
    location: location
    tags: tags
    workspaceId: telemetry.outputs.workspaceId
    appName: app.outputs.name
  }
}

@description('Where the console answers.')
output CONSOLE_URL string = 'https://${app.outputs.host}'

@description('Event hub that diagnostic settings stream to.')
output EVENT_HUB_NAMESPACE string = eventHub.outputs.name
