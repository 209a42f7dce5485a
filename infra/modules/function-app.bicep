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

@description('URI of the key vault that holds the secrets of receivers, sinks and callers.')
param vaultUri string

@description('Subscriptions to watch.')
param watchedSubscriptions array

@description('Customer ids of the workspaces that log rules query.')
param watchedWorkspaceIds array

@description('Names of the secrets that are in the vault; each becomes the setting of its name in capitals.')
param givenSecrets array

@description('Logs ingestion endpoint of a sink azureMonitor.')
param logsIngestionEndpoint string

@description('Immutable id of the data collection rule of that sink.')
param logsIngestionRule string

@description('Address of streaming ingestion of Azure Data Explorer.')
param adxUrl string

@description('Host name of the namespace of a sink eventHub.')
param sinkHubNamespace string

@description('Hub of that sink.')
param sinkHubName string

@description('Address of the storage account of a sink blob.')
param archiveUrl string

@description('Client id of the app registration that people sign in with; empty: App Service authentication is left as it is.')
param authClientId string

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
  properties: union({
    ADX_URL: adxUrl
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    ARCHIVE_URL: archiveUrl
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
    LOGS_INGESTION_ENDPOINT: logsIngestionEndpoint
    LOGS_INGESTION_RULE: logsIngestionRule
    NOTIFICATIONS_QUEUE: names.notificationsQueue
    OTLP_ENDPOINT: otlpEndpoint
    SINK_HUB_NAME: sinkHubName
    SINK_HUB_NAMESPACE: sinkHubNamespace
    TICK_SCHEDULE: '0 * * * * *'
    TOCSIN_ADMINS: admins
    TOCSIN_AUDIT_DAYS: '400'
    TOCSIN_CONSOLE_ACCESS: consoleAccess
    TOCSIN_CONSOLE_URL: 'https://${site.properties.defaultHostName}'
    TOCSIN_LOG_LEVEL: 'info'
    TOCSIN_PROXY: ''
    TOCSIN_READERS: readers
    TOCSIN_RESPONDERS: responders
    TOCSIN_SUBSCRIPTIONS: join(watchedSubscriptions, ',')
    TOCSIN_WORKSPACES: join(watchedWorkspaceIds, ',')
  }, toObject(givenSecrets, secret => toUpper(replace(secret, '-', '_')), secret => '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${secret})'))
}

// Keys of machines and signed links are looked at by the app itself: these paths it must see without a sign-in.
resource authentication 'Microsoft.Web/sites/config@2024-04-01' = if (!empty(authClientId)) {
  parent: site
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
    }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'RedirectToLoginPage'
      redirectToProvider: 'azureactivedirectory'
      excludedPaths: names.openPaths
    }
    httpSettings: {
      requireHttps: true
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: authClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
  }
}

output name string = site.name
output host string = site.properties.defaultHostName
