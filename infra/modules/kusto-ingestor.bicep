@description('Name of a cluster of Azure Data Explorer in this resource group.')
param clusterName string

@description('Database in it.')
param databaseName string

@description('Client id of the app identity: its roles are of the database, not of Azure.')
param clientId string

resource cluster 'Microsoft.Kusto/clusters@2023-08-15' existing = {
  name: clusterName
}

resource database 'Microsoft.Kusto/clusters/databases@2023-08-15' existing = {
  parent: cluster
  name: databaseName
}

resource ingestor 'Microsoft.Kusto/clusters/databases/principalAssignments@2023-08-15' = {
  parent: database
  name: 'tocsin'
  properties: {
    principalId: clientId
    principalType: 'App'
    role: 'Ingestor'
    tenantId: tenant().tenantId
  }
}
