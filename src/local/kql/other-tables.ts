/*
 * Log Analytics and Application Insights tables outside of the watched services: what workspaces commonly hold beside them, so that
 * queries that join them are bound and run offline too. The columns in general use, with their types as Azure Monitor's reference gives
 * them; `COMMON` is added to every workspace table, `TELEMETRY` to every table of an Application Insights resource.
 */

const COMMON =
  'TenantId:string, TimeGenerated:datetime, SourceSystem:string, Type:string, _ResourceId:string, _SubscriptionId:string, _TimeReceived:datetime, _ItemId:string, _IsBillable:string, _BilledSize:real';

const TELEMETRY =
  'timestamp:datetime, itemId:string, itemType:string, itemCount:int, customDimensions:dynamic, customMeasurements:dynamic, operation_Name:string, operation_Id:string, operation_ParentId:string, operation_SyntheticSource:string, session_Id:string, user_Id:string, user_AuthenticatedId:string, user_AccountId:string, application_Version:string, client_Type:string, client_Model:string, client_OS:string, client_IP:string, client_City:string, client_StateOrProvince:string, client_CountryOrRegion:string, client_Browser:string, cloud_RoleName:string, cloud_RoleInstance:string, appId:string, appName:string, iKey:string, sdkVersion:string, _ResourceId:string, _BilledSize:real';

const APP =
  'Properties:dynamic, Measurements:dynamic, OperationName:string, OperationId:string, ParentId:string, SyntheticSource:string, SessionId:string, UserId:string, UserAuthenticatedId:string, UserAccountId:string, AppVersion:string, AppRoleName:string, AppRoleInstance:string, ClientType:string, ClientModel:string, ClientOS:string, ClientIP:string, ClientCity:string, ClientStateOrProvince:string, ClientCountryOrRegion:string, ClientBrowser:string, ResourceGUID:string, IKey:string, SDKVersion:string, ItemCount:int';

const ACS =
  'OperationName:string, OperationVersion:string, Category:string, ResultType:string, ResultSignature:string, ResultDescription:string, DurationMs:long, CorrelationId:string, CallerIpAddress:string, Level:string, URI:string';

const WVD =
  'CorrelationId:string, UserName:string, ActivityType:string, Source:string, SessionHostName:string, SessionHostIPAddress:string, SessionHostPoolType:string, SessionHostAgentVersion:string, SessionHostJoinType:string';

const BACKUP =
  'OperationName:string, Category:string, ResourceId:string, ResourceGroup:string, SchemaVersion:string, State:string, BackupItemUniqueId:string, BackupManagementType:string, BackupManagementServerUniqueId:string, VaultUniqueId:string, ProtectedContainerUniqueId:string';

const WORKSPACE: Readonly<Record<string, string>> = {
  ABSBotRequests: `${ACS}, ResultCode:string, Channel:string, Location:string`,
  ACSBillingUsage:
    'OperationName:string, CorrelationId:string, RecordId:string, UsageType:string, UnitType:string, Quantity:real, StartTime:datetime, EndTime:datetime, ParticipantId:string, ParentId:string, ResourceId:string',
  ACSChatIncomingOperations: `${ACS}, UserId:string, ChatThreadId:string, ChatMessageId:string, SdkType:string, SdkVersion:string, PlatformType:string`,
  ACSSMSIncomingOperations: `${ACS}, OutgoingMessageLength:int, IncomingMessageLength:int, DeliveryAttempts:int, PhoneNumber:string, SdkType:string, SdkVersion:string, MessageId:string, NumberType:string, Country:string`,
  ADFActivityRun:
    'ActivityName:string, ActivityRunId:string, ActivityType:string, Category:string, CorrelationId:string, EffectiveIntegrationRuntime:string, End:datetime, ErrorCode:string, ErrorMessage:string, EventMessage:string, FailureType:string, Input:string, Level:string, Location:string, OperationName:string, Output:string, PipelineName:string, PipelineRunId:string, Start:datetime, Status:string, Tags:string, UserProperties:string',
  ADFPipelineRun:
    'Annotations:string, Category:string, CorrelationId:string, End:datetime, ErrorCode:string, ErrorMessage:string, FailureType:string, Level:string, Location:string, OperationName:string, Parameters:string, PipelineName:string, Predecessors:string, RunId:string, Start:datetime, Status:string, SystemParameters:string, Tags:string, UserProperties:string',
  ADTDigitalTwinsOperation: `${ACS}, RequestUri:string, Location:string, ApplicationId:string, Identity:dynamic, ParentId:string, SpanId:string, TraceId:string, TraceFlags:string`,
  ADTModelsOperation: `${ACS}, RequestUri:string, Location:string, ApplicationId:string, Identity:dynamic, ParentId:string, SpanId:string, TraceId:string, TraceFlags:string`,
  AddonAzureBackupJobs: `${BACKUP}, JobUniqueId:string, JobOperation:string, JobStatus:string, JobFailureCode:string, JobStartDateTime:datetime, JobDurationInSecs:real, DataTransferredInMB:real, AdHocOrScheduledJob:string`,
  AddonAzureBackupStorage: `${BACKUP}, StorageConsumedInMBs:real, StorageUniqueId:string, StorageName:string, StorageType:string, StorageTotalSizeInGBs:string, VolumeFriendlyName:string`,
  AegDeliveryFailureLogs:
    'SubResourceName:string, EventSubscriptionName:string, Category:string, OperationName:string, Message:string, ErrorMessage:string',
  AegPublishFailureLogs:
    'SubResourceName:string, EventSubscriptionName:string, Category:string, OperationName:string, Message:string, ErrorMessage:string',
  ApiManagementGatewayLlmLog:
    'OperationName:string, CorrelationId:string, RequestId:string, Region:string, SequenceNumber:int, DeploymentName:string, ModelName:string, PromptTokens:int, CompletionTokens:int, TotalTokens:int, IsStreamCompletion:bool, IsRequestSuccess:bool, RequestMessages:dynamic, ResponseMessages:dynamic, ApiVersion:string',
  ApiManagementGatewayLogs:
    'ApiId:string, ApimSubscriptionId:string, ApiRevision:string, BackendId:string, BackendMethod:string, BackendProtocol:string, BackendRequestBody:string, BackendRequestHeaders:dynamic, BackendResponseBody:string, BackendResponseCode:int, BackendResponseHeaders:dynamic, BackendTime:long, BackendUrl:string, Cache:string, CacheTime:long, CallerIpAddress:string, Category:string, ClientProtocol:string, ClientTime:long, ClientTlsVersion:string, ClientTlsCipherSuite:string, CorrelationId:string, DurationMs:long, Errors:dynamic, IsMasterTrace:bool, IsRequestSuccess:bool, IsTraceAllowed:bool, IsTraceExpired:bool, IsTraceRequested:bool, LastErrorElapsed:long, LastErrorMessage:string, LastErrorReason:string, LastErrorScope:string, LastErrorSection:string, LastErrorSource:string, Method:string, OperationId:string, OperationName:string, ProductId:string, Region:string, RequestBody:string, RequestHeaders:dynamic, RequestSize:int, ResponseBody:string, ResponseCode:int, ResponseHeaders:dynamic, ResponseSize:int, ResultType:string, TotalTime:long, TraceRecords:dynamic, Url:string, UserId:string, WorkspaceId:string',
  ApiManagementGatewayMCPLog:
    'ApiId:string, CorrelationId:string, OperationName:string, Region:string, SessionId:string, Method:string, ToolName:string, ToolArguments:string, ClientName:string, ClientVersion:string, ServerName:string, AuthenticationMethod:string, IsRequestSuccess:bool, Error:string, ErrorType:string, DurationMs:long, ResponseCode:int',
  AppAvailabilityResults: `${APP}, Id:string, Name:string, Location:string, Success:bool, Message:string, Size:real, DurationMs:real, PerformanceBucket:string`,
  AppDependencies: `${APP}, Id:string, Target:string, DependencyType:string, Name:string, Data:string, Success:bool, ResultCode:string, DurationMs:real, PerformanceBucket:string`,
  AppEvents: `${APP}, Name:string`,
  AppExceptions: `${APP}, ProblemId:string, HandledAt:string, ExceptionType:string, Assembly:string, Method:string, Message:string, OuterType:string, OuterMessage:string, OuterAssembly:string, OuterMethod:string, InnermostType:string, InnermostMessage:string, InnermostAssembly:string, InnermostMethod:string, SeverityLevel:int, Details:dynamic`,
  AppMetrics: `${APP}, Name:string, Sum:real, Min:real, Max:real`,
  AppPageViews: `${APP}, Id:string, Name:string, Url:string, DurationMs:real, PerformanceBucket:string`,
  AppRequests: `${APP}, Id:string, Source:string, Name:string, Url:string, Success:bool, ResultCode:string, DurationMs:real, PerformanceBucket:string`,
  AppServiceAppLogs:
    'ContainerId:string, CustomLevel:string, ExceptionClass:string, Host:string, Level:string, Logger:string, Message:string, Method:string, OperationName:string, ResultDescription:string, Source:string, StackTrace:string, Stacktrace:string, WebSiteInstanceId:string',
  AppServiceConsoleLogs:
    'Category:string, ContainerId:string, Host:string, Level:string, OperationName:string, ResultDescription:string',
  AppServiceFileAuditLogs: 'OperationName:string, Path:string, Process:string, Category:string',
  AppServiceHTTPLogs:
    'Category:string, CIp:string, ComputerName:string, Cookie:string, CsBytes:long, CsHost:string, CsMethod:string, CsUriQuery:string, CsUriStem:string, CsUsername:string, OperationName:string, Protocol:string, Referer:string, Result:string, ScBytes:long, ScStatus:long, ScSubStatus:string, ScWin32Status:string, SPort:string, TimeTaken:long, UserAgent:string',
  AppServiceIPSecAuditLogs:
    'CIp:string, CsHost:string, Details:string, OperationName:string, Result:string, ServiceEndpoint:string, XAzureFDID:string, XFDHealthProbe:string, XForwardedFor:string, XForwardedHost:string',
  AppTraces: `${APP}, Message:string, SeverityLevel:int`,
  ContainerLogV2:
    'Computer:string, ContainerId:string, ContainerName:string, PodName:string, PodNamespace:string, LogMessage:dynamic, LogSource:string, KubernetesMetadata:dynamic, LogLevel:string',
  CoreAzureBackup: `${BACKUP}, BackupItemFriendlyName:string, BackupItemName:string, BackupItemType:string, BackupItemProtectionState:string, BackupItemAppVersion:string, BackupItemFrontEndSize:real, ProtectedContainerName:string, ProtectedContainerFriendlyName:string, ProtectedContainerType:string, ProtectedContainerLocation:string, VaultName:string, VaultTags:string, VaultType:string, StorageReplicationType:string, AzureDataCenter:string, SecondaryBackupProtectionState:string, PolicyUniqueId:string`,
  Event:
    'Computer:string, EventLog:string, EventLevel:int, EventLevelName:string, EventID:int, EventCategory:int, Source:string, UserName:string, Message:string, ParameterXml:string, EventData:string, RenderedDescription:string, AzureDeploymentID:string, Role:string, ManagementGroupName:string, MG:string',
  FunctionAppLogs:
    'ActivityId:string, AppName:string, Category:string, EventId:int, EventName:string, ExceptionDetails:string, ExceptionMessage:string, ExceptionType:string, FunctionInvocationId:string, FunctionName:string, HostInstanceId:string, HostVersion:string, Level:string, LevelId:int, Location:string, Message:string, ProcessId:int, RoleInstance:string',
  Heartbeat:
    'Computer:string, ComputerEnvironment:string, ComputerIP:string, ComputerPrivateIPs:dynamic, Category:string, IsGatewayInstalled:bool, ManagementGroupName:string, MG:string, OSMajorVersion:string, OSMinorVersion:string, OSName:string, OSType:string, RemoteIPCountry:string, RemoteIPLatitude:real, RemoteIPLongitude:real, Resource:string, ResourceGroup:string, ResourceId:string, ResourceProvider:string, ResourceType:string, SCAgentChannel:string, Solutions:string, SourceComputerId:string, SubscriptionId:string, Version:string, VMUUID:string',
  InsightsMetrics:
    'AgentId:string, Computer:string, Name:string, Namespace:string, Origin:string, Tags:string, Val:real, MG:string, SourceComputerId:string',
  LAQueryLogs:
    'AADClientId:string, AADEmail:string, AADObjectId:string, AADTenantId:string, CorrelationId:string, IsBillableQuery:bool, IsWorkspaceInFailover:bool, QueryText:string, QueryTimeRangeEnd:datetime, QueryTimeRangeStart:datetime, RequestClientApp:string, RequestContext:dynamic, RequestContextFilters:dynamic, RequestTarget:string, ResponseCode:int, ResponseDurationMs:real, ResponseRowCount:int, ScannedGB:real, StatsCPUTimeMs:real, StatsDataProcessedEnd:datetime, StatsDataProcessedKB:long, StatsDataProcessedStart:datetime, StatsRegionCount:int, StatsWorkspaceCount:int, WorkspaceRegion:string',
  PRICING_CL: 'Model:string, InputTokensPrice:real, OutputTokensPrice:real',
  Perf: 'BucketEndTime:datetime, BucketStartTime:datetime, Computer:string, CounterName:string, CounterPath:string, CounterValue:real, InstanceName:string, Max:real, Min:real, ObjectName:string, SampleCount:int, SourceComputerId:string, StandardDeviation:real, MG:string',
  SUBSCRIPTION_QUOTA_CL: 'Subscription:string, CostQuota:real',
  SecurityEvent:
    'Account:string, AccountName:string, AccountType:string, Activity:string, Channel:string, CommandLine:string, Computer:string, EventData:string, EventID:int, EventSourceName:string, FailureReason:string, IpAddress:string, IpPort:string, Level:string, LogonType:int, LogonTypeName:string, NewProcessName:string, ParentProcessName:string, Process:string, ProcessName:string, Status:string, SubjectAccount:string, SubjectUserName:string, SubStatus:string, TargetAccount:string, TargetDomainName:string, TargetUserName:string, TargetUserSid:string, Task:int, TimeCollected:datetime, WorkstationName:string',
  SigninLogs:
    'AppDisplayName:string, AppId:string, Category:string, ClientAppUsed:string, ConditionalAccessStatus:string, CorrelationId:string, DeviceDetail:dynamic, DurationMs:long, Identity:string, IPAddress:string, Location:string, LocationDetails:dynamic, OperationName:string, ResultDescription:string, ResultType:string, Status:dynamic, UserDisplayName:string, UserId:string, UserPrincipalName:string',
  StorageBlobLogs:
    'AccountName:string, AuthenticationHash:string, AuthenticationType:string, AuthorizationDetails:dynamic, CallerIpAddress:string, Category:string, ConditionsUsed:string, ContentLengthHeader:long, CorrelationId:string, DurationMs:real, Etag:string, LastModifiedTime:datetime, Location:string, MetricResponseType:string, ObjectKey:string, OperationCount:int, OperationName:string, OperationVersion:string, Protocol:string, ReferrerHeader:string, RequestBodySize:long, RequesterAppId:string, RequesterObjectId:string, RequesterTenantId:string, RequesterUpn:string, RequestHeaderSize:long, RequestMd5:string, ResponseBodySize:long, ResponseHeaderSize:long, ResponseMd5:string, ServerLatencyMs:real, ServiceType:string, StatusCode:string, StatusText:string, TlsVersion:string, Uri:string, UserAgentHeader:string',
  Syslog:
    'CollectorHostName:string, Computer:string, EventTime:datetime, Facility:string, HostIP:string, HostName:string, ProcessID:int, ProcessName:string, SeverityLevel:string, SyslogMessage:string, MG:string',
  Update:
    'ApprovalSource:string, Approved:bool, Architecture:string, BulletinUrl:string, BulletinID:string, Classification:string, Computer:string, ComputerEnvironment:string, KBID:string, MSRCSeverity:string, OSType:string, Optional:bool, Product:string, ProductArch:string, ProductVersion:string, PublishedDate:datetime, RebootBehavior:string, Resource:string, ResourceGroup:string, ResourceId:string, SourceComputerId:string, SubscriptionId:string, Title:string, UpdateID:string, UpdateState:string, VMUUID:string',
  Usage:
    'AvgLatencyInSeconds:real, BatchesCapped:long, BatchesOutsideSla:long, BatchesWithinSla:long, Computer:string, DataType:string, EndTime:datetime, IsBillable:bool, LinkedMeterId:string, LinkedResourceUri:string, MeterId:string, Quantity:real, QuantityUnit:string, ResourceUri:string, Solution:string, StartTime:datetime, TotalBatches:long',
  W3CIISLog:
    'cIP:string, Computer:string, csBytes:long, csCookie:string, csHost:string, csMethod:string, csReferer:string, csUriQuery:string, csUriStem:string, csUserAgent:string, csUserName:string, csVersion:string, scBytes:long, scStatus:string, scSubStatus:string, scWin32Status:string, sComputerName:string, sIP:string, sPort:int, sSiteName:string, TimeTaken:long, StorageAccount:string, AzureDeploymentID:string, RoleInstance:string, MG:string',
  WVDAgentHealthStatus:
    'ActiveSessions:string, AgentVersion:string, AllowNewSessions:string, InactiveSessions:string, LastHeartBeat:datetime, LastUpgradeTimeStamp:datetime, SessionHostHealthCheckResult:dynamic, SessionHostName:string, SessionHostResourceId:string, Status:string, SxsStackStatus:string, UpgradeErrorMsg:string, UpgradeState:string, Version:string, CorrelationId:string, OperationName:string',
  WVDCheckpoints: `${WVD}, Name:string, Parameters:dynamic`,
  WVDConnections: `${WVD}, ClientOS:string, ClientSideIPAddress:string, ClientType:string, ClientVersion:string, ConnectionType:string, GatewayRegion:string, IsClientPrivateLink:string, IsSessionHostPrivateLink:string, PredecessorConnectionId:string, ResourceAlias:string, SessionHostAzureVmId:string, SessionHostOSDescription:string, SessionHostOSVersion:string, SessionHostSessionId:string, SessionHostSxSStackVersion:string, State:string, TransportType:string`,
  WVDErrors: `${WVD}, Code:long, CodeSymbolic:string, Message:string, Operation:string, ServiceError:bool`,
};

const APPLICATION: Readonly<Record<string, string>> = {
  availabilityResults:
    'id:string, name:string, location:string, success:string, message:string, size:real, duration:real, performanceBucket:string',
  browserTimings:
    'name:string, url:string, networkDuration:real, sendDuration:real, receiveDuration:real, processingDuration:real, totalDuration:real',
  customEvents: 'name:string',
  customMetrics: 'name:string, value:real, valueCount:int, valueSum:real, valueMin:real, valueMax:real, valueStdDev:real',
  dependencies:
    'id:string, target:string, type:string, name:string, data:string, success:string, resultCode:string, duration:real, performanceBucket:string',
  exceptions:
    'problemId:string, handledAt:string, type:string, message:string, assembly:string, method:string, outerType:string, outerMessage:string, outerAssembly:string, outerMethod:string, innermostType:string, innermostMessage:string, innermostAssembly:string, innermostMethod:string, severityLevel:int, details:dynamic',
  pageViews: 'id:string, name:string, url:string, duration:real, performanceBucket:string',
  performanceCounters: 'name:string, value:real, counter:string, instance:string, category:string',
  requests:
    'id:string, source:string, name:string, url:string, success:string, resultCode:string, duration:real, performanceBucket:string',
  traces: 'message:string, severityLevel:int',
};

/** `name:type, …` by table. */
export const OTHER_TABLES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(WORKSPACE).map(([table, columns]) => [table, `${columns}, ${COMMON}`])),
  ...Object.fromEntries(Object.entries(APPLICATION).map(([table, columns]) => [table, `${columns}, ${TELEMETRY}`])),
};

/** What every table with custom logs has beside its own columns, which end in a type suffix. */
export const CUSTOM_TABLE = `${COMMON}, Computer:string, RawData:string, ResourceId:string`;
