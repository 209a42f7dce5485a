@description('Name of the alert rule.')
param name string

@description('Region.')
param location string

@description('Tags of the environment.')
param tags object

@description('Workspace behind the Application Insights component of the app.')
param workspaceId string

@description('Name of the function app that is watched.')
param appName string

// Who watches the watcher: Azure Monitor says so when Tocsin itself has not ticked for ten minutes.
resource silent 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    displayName: 'Tocsin is silent'
    description: 'No successful tick of ${appName} in ten minutes: no rule is being evaluated. Open its /api/health, then its logs; POST to /api/tick ticks by hand.'
    severity: 1
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT10M'
    criteria: {
      allOf: [
        {
          query: 'AppRequests | where AppRoleName =~ "${appName}" and Name in ("tick", "tick-now") and Success == true'
          timeAggregation: 'Count'
          operator: 'LessThan'
          threshold: 1
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    autoMitigate: true
  }
}
