/*
 * Azure API Management, which stands in front of the models in many estates. Written by hand in the form of the generated catalogue.
 * Facts of the public Azure Monitor reference, Microsoft (CC-BY 4.0): supported metrics and logs of Microsoft.ApiManagement/service,
 * tables ApiManagementGatewayLogs and ApiManagementGatewayLlmLog (04/2025).
 */

/** Rows as in METRIC_ROWS of catalogue.generated.ts. */
export const GATEWAY_METRIC_ROWS: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.ApiManagement/service': [
    'BackendDuration|Milliseconds|average,maximum,minimum|Location,Hostname,ApiId|export|current||',
    'Capacity|Percent|average,maximum|Location|export|current||',
    'CpuPercent_Gateway|Percent|average,maximum||export|current||',
    'Duration|Milliseconds|average,maximum,minimum|Location,Hostname,ApiId|export|current||',
    'FailedRequests|Count|total|Location,Hostname|export|deprecated|Requests|',
    'MemoryPercent_Gateway|Percent|average,maximum||export|current||',
    'NetworkConnectivity|Count|total,average|Location,ResourceType|export|preview||',
    'Requests|Count|total,maximum,minimum|Location,Hostname,LastErrorReason,BackendResponseCode,GatewayResponseCode,BackendResponseCodeCategory,GatewayResponseCodeCategory,ApiId|export|current||',
    'SuccessfulRequests|Count|total|Location,Hostname|export|deprecated|Requests|',
    'TotalRequests|Count|total|Location,Hostname|export|deprecated|Requests|',
    'UnauthorizedRequests|Count|total|Location,Hostname|export|deprecated|Requests|',
  ],
};

/** Rows as in CATEGORY_ROWS. */
export const GATEWAY_CATEGORY_ROWS: readonly string[] = [
  'Microsoft.ApiManagement/service|GatewayLogs|ApiManagementGatewayLogs',
  'Microsoft.ApiManagement/service|GatewayLlmLogs|ApiManagementGatewayLlmLog',
];

/** Columns as in TABLE_COLUMNS. */
export const GATEWAY_TABLE_COLUMNS: Readonly<Record<string, string>> = {
  ApiManagementGatewayLogs:
    'ApiId:string, ApimSubscriptionId:string, ApiRevision:string, BackendId:string, BackendMethod:string, BackendProtocol:string, BackendRequestBody:string, BackendRequestHeaders:dynamic, BackendResponseBody:string, BackendResponseCode:int, BackendResponseHeaders:dynamic, BackendTime:long, BackendUrl:string, Cache:string, CacheTime:long, CallerIpAddress:string, Category:string, ClientProtocol:string, ClientTime:long, ClientTlsVersion:string, ClientTlsCipherSuite:string, CorrelationId:string, DurationMs:long, Errors:dynamic, IsMasterTrace:bool, IsRequestSuccess:bool, IsTraceAllowed:bool, IsTraceExpired:bool, IsTraceRequested:bool, LastErrorElapsed:long, LastErrorMessage:string, LastErrorReason:string, LastErrorScope:string, LastErrorSection:string, LastErrorSource:string, Method:string, OperationId:string, OperationName:string, ProductId:string, Region:string, RequestBody:string, RequestHeaders:dynamic, RequestSize:int, ResponseBody:string, ResponseCode:int, ResponseHeaders:dynamic, ResponseSize:int, ResultType:string, TotalTime:long, TraceRecords:dynamic, Url:string, UserId:string, WorkspaceId:string, TenantId:string, TimeGenerated:datetime, SourceSystem:string, Type:string, _ResourceId:string, _SubscriptionId:string, _IsBillable:string, _BilledSize:real',
  ApiManagementGatewayLlmLog:
    'OperationName:string, CorrelationId:string, RequestId:string, Region:string, SequenceNumber:int, DeploymentName:string, ModelName:string, PromptTokens:int, CompletionTokens:int, TotalTokens:int, IsStreamCompletion:bool, IsRequestSuccess:bool, RequestMessages:dynamic, ResponseMessages:dynamic, ApiVersion:string, TenantId:string, TimeGenerated:datetime, SourceSystem:string, Type:string, _ResourceId:string, _SubscriptionId:string, _IsBillable:string, _BilledSize:real',
};
