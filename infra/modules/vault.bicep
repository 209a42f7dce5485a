@description('Name of the key vault.')
param name string

@description('Region.')
param location string

@description('Tags of the environment.')
param tags object

@description('Object id of the app identity.')
param principalId string

@secure()
@description('URL of the webhook; the URL itself is often the secret.')
param webhookUrl string

@secure()
@description('Signing secret of the webhook.')
param webhookSecret string

@secure()
@description('Keys of machines that call the API; empty: none.')
param apiKeys string

var roles = loadJsonContent('../roles.json')

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    enableRbacAuthorization: true
    enablePurgeProtection: true
    sku: {
      family: 'A'
      name: 'standard'
    }
  }
}

resource url 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'webhook-url'
  properties: {
    value: webhookUrl
  }
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'webhook-secret'
  properties: {
    value: webhookSecret
  }
}

resource keys 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'api-keys'
  properties: {
    value: empty(apiKeys) ? ' ' : apiKeys
  }
}

resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, roles.keyVaultSecretsUser)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
  }
}

output uri string = vault.properties.vaultUri
