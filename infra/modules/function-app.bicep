@description('Name of the function app.')
param name string

@description('Name of its Flex Consumption plan.')
param planName string

@description('Region.')
param location string

@description('Tags of the environment, with the service name that azd deploys to.')
param tags object

@description('Resource id of the user-assigned identity.')
param identityId string

@description('Client id of the user-assigned identity.')
param identityClientId string

@description('Name of the storage account.')
param storageName string

@description('Host name of the Event Hubs namespace.')
param eventHubNamespaceHost string

@description('Name of the Application Insights component.')
param applicationInsightsName string

@description('URI of the key vault that holds receiver secrets.')
param vaultUri string

@description('Subscriptions to watch.')
param watchedSubscriptions array

@description('Customer ids of the workspaces that log rules query.')
param watchedWorkspaceIds array

@description('Base URL of the OTLP/HTTP endpoint.')
param otlpEndpoint string

@description('Who may read the console.')
param consoleAccess string

@description('App roles and group ids whose people may do everything.')
param admins string

@description('The same for who may acknowledge and silence.')
param responders string

@description('The same for who may look.')
param readers string

@description('Memory of an instance, in MB.')
param instanceMemoryMB int

@description('Upper bound of instances.')
param maximumInstanceCount int

var names = loadJsonContent('../names.json')

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    siteConfig: {
      minTlsVersion: '1.2'
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${names.packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
      }
      runtime: {
        name: 'node'
        version: '22'
      }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: site
  name: 'appsettings'
  properties: {
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    AZURE_CLIENT_ID: identityClientId
    AzureWebJobsDisableHomepage: 'true'
    AzureWebJobsStorage__blobServiceUri: storage.properties.primaryEndpoints.blob
    AzureWebJobsStorage__clientId: identityClientId
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__queueServiceUri: storage.properties.primaryEndpoints.queue
    AzureWebJobsStorage__tableServiceUri: storage.properties.primaryEndpoints.table
    COVERAGE_SCHEDULE: '0 30 */6 * * *'
    DIGEST_SCHEDULE: '0 */15 * * * *'
    EVALUATIONS_QUEUE: names.evaluationsQueue
    EVENT_HUB_CONSUMER_GROUP: names.consumerGroup
    EVENT_HUB_NAME: names.eventHub
    EventHubConnection__clientId: identityClientId
    EventHubConnection__credential: 'managedidentity'
    EventHubConnection__fullyQualifiedNamespace: eventHubNamespaceHost
    NOTIFICATIONS_QUEUE: names.notificationsQueue
    OTLP_ENDPOINT: otlpEndpoint
    TICK_SCHEDULE: '0 * * * * *'
    TOCSIN_ADMINS: admins
    TOCSIN_API_KEYS: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/api-keys)'
    TOCSIN_CONSOLE_ACCESS: consoleAccess
    TOCSIN_CONSOLE_URL: 'https://${site.properties.defaultHostName}'
    TOCSIN_LOG_LEVEL: 'info'
    TOCSIN_PROXY: ''
    TOCSIN_READERS: readers
    TOCSIN_RESPONDERS: responders
    TOCSIN_SUBSCRIPTIONS: join(watchedSubscriptions, ',')
    TOCSIN_WORKSPACES: join(watchedWorkspaceIds, ',')
    WEBHOOK_SECRET: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/webhook-secret)'
    WEBHOOK_URL: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/webhook-url)'
  }
}

output name string = site.name
output host string = site.properties.defaultHostName
