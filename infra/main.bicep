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
@description('URL of the webhook that alerts and digests go to.')
param webhookUrl string

@secure()
@description('Signing secret of that webhook: whsec_ and 24 to 64 bytes in base64.')
param webhookSecret string

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

@secure()
@description('Keys of machines that call the API: NAME=SECRET or NAME:ROLE=SECRET, separated by commas.')
param apiKeys string = ''

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
    webhookUrl: webhookUrl
    webhookSecret: webhookSecret
    apiKeys: apiKeys
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
    otlpEndpoint: otlpEndpoint
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
