@description('Name of the key vault.')
param name string

@description('Region.')
param location string

@description('Tags of the environment.')
param tags object

@description('Object id of the app identity.')
param principalId string

@secure()
@description('Secrets by name; those that are empty are left out.')
param secrets object

var names = loadJsonContent('../names.json')
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

resource kept 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = [
  for secret in names.secrets: if (contains(secrets, secret) && !empty(secrets[secret])) {
    parent: vault
    name: secret
    properties: {
      value: secrets[secret]
    }
  }
]

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
