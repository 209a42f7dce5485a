import { MACHINE_LEARNING } from './estate.ts';
import { MinuteMetrics } from './model-metrics.ts';
import { guidOf, randomOf } from './random.ts';
import type { Scenario } from './scenarios.ts';

const MINUTE = 60_000;
const DAY_MINUTES = 1_440;

interface Schedule {
  readonly experiment: string;
  /** Minutes of the day (UTC) at which it starts, and how many minutes a run takes. */
  startsAt(minuteOfDay: number): boolean;
  readonly takes: number;
}

const NIGHTLY: Schedule = { experiment: 'nightly-train', startsAt: (minute) => minute === 3 * 60 + 30, takes: 40 };
const OTHERS: readonly Schedule[] = [
  { experiment: 'feature-refresh', startsAt: (minute) => minute % 15 === 5, takes: 6 },
  { experiment: 'drift-check', startsAt: (minute) => minute % 60 === 20, takes: 12 },
];

export interface LogLine {
  readonly category: string;
  readonly resourceId: string;
  /** The record as JSON text. */
  readonly text: string;
}

/** The run events of the workspace in one minute: each run of a schedule writes a start, and a completion when it is done. */
export function runEvents(seed: number, scenario: Scenario, start: number, scenarioStart: number): readonly LogLine[] {
  const lines: LogLine[] = [];
  const runsAt = (schedule: Schedule, at: number): boolean => {
    const minute = Math.round((at - scenarioStart) / MINUTE);
    if (schedule === NIGHTLY && scenario.manualRuns.includes(minute)) return true;
    const minuteOfDay = Math.round(at / MINUTE) % DAY_MINUTES;
    return schedule.startsAt(minuteOfDay) && (schedule !== NIGHTLY || scenario.nightlyRuns(minute));
  };
  for (const schedule of [NIGHTLY, ...OTHERS]) {
    for (const [status, age] of [
      ['Running', 0],
      ['Completed', schedule.takes],
    ] as const) {
      const began = start - age * MINUTE;
      if (runsAt(schedule, began)) lines.push(...runRecords(seed, schedule.experiment, began, start, status));
    }
  }
  return lines;
}

function runRecords(
  seed: number,
  experiment: string,
  began: number,
  at: number,
  status: 'Running' | 'Completed',
): readonly LogLine[] {
  const random = randomOf(seed, experiment, began);
  const runId = `${experiment}_${new Date(began).toISOString().slice(0, 16)}`;
  const common = {
    time: new Date(at + 1_000 + Math.floor(random.uniform() * 50_000)).toISOString(),
    resourceId: MACHINE_LEARNING.id.toUpperCase(),
    level: 'Informational',
    location: MACHINE_LEARNING.location,
    correlationId: guidOf(random),
    resultSignature: '',
  };
  const line = (category: string, operationName: string, properties: object): LogLine => ({
    category,
    resourceId: MACHINE_LEARNING.id,
    text: JSON.stringify({ ...common, category, operationName, properties }),
  });
  return [
    line('AmlRunStatusChangedEvent', 'RunStatusChanged', {
      WorkspaceName: MACHINE_LEARNING.name,
      RunId: runId,
      RootRunId: runId,
      Status: status,
    }),
    line('AmlComputeJobEvent', status === 'Completed' ? 'JobSucceeded' : 'JobRunning', {
      WorkspaceName: MACHINE_LEARNING.name,
      ExperimentName: experiment,
      JobName: runId,
      EventType: status === 'Completed' ? 'JobSucceeded' : 'JobRunning',
      ExecutionState: status === 'Completed' ? 'Succeeded' : 'Running',
      ClusterName: 'cpu-cluster',
    }),
  ];
}

/** The calls that the online endpoint logged in one minute, one in thirty of those that its gauges count. */
export function endpointTraffic(seed: number, start: number): readonly LogLine[] {
  return MACHINE_LEARNING.onlineEndpoints.flatMap((endpoint) => {
    const random = randomOf(seed, endpoint.name, 'calls', start);
    return Array.from({ length: random.poisson(3) }, () => {
      const duration = Math.round(30 + 60 * random.uniform());
      const text = JSON.stringify({
        time: new Date(start + Math.floor(random.uniform() * MINUTE)).toISOString(),
        resourceId: endpoint.id.toUpperCase(),
        category: 'AmlOnlineEndpointTrafficLog',
        operationName: 'Predict',
        location: endpoint.location,
        properties: {
          EndpointName: endpoint.name,
          DeploymentName: endpoint.deployments[0]?.name ?? '',
          Method: 'POST',
          Path: '/score',
          ResponseCode: 200,
          ModelStatusCode: 200,
          RequestDurationMs: 2,
          ResponseDurationMs: duration,
          TotalDurationMs: duration + 2,
          XRequestId: guidOf(random),
        },
      });
      return { category: 'AmlOnlineEndpointTrafficLog', resourceId: endpoint.id, text };
    });
  });
}

/** Runs that the workspace counts in one minute, as its metrics tell them. */
export function runMetrics(events: readonly LogLine[], start: number): MinuteMetrics {
  const metrics = new MinuteMetrics(start, MACHINE_LEARNING.id, 'Microsoft.MachineLearningServices/workspaces');
  for (const { category, text } of events) {
    if (category !== 'AmlComputeJobEvent') continue;
    const { EventType, ExperimentName } = (JSON.parse(text) as { properties: { EventType: string; ExperimentName: string } })
      .properties;
    const dimensions = { Scenario: 'Training', RunType: 'azureml.PipelineRun', ComputeType: 'AmlCompute', ExperimentName };
    const ended = EventType === 'JobSucceeded';
    metrics.add('Started Runs', dimensions, ended ? 0 : 1);
    metrics.add('Completed Runs', dimensions, ended ? 1 : 0);
    metrics.add('Failed Runs', dimensions, 0);
  }
  return metrics;
}

/** One minute of the online endpoint and its deployment, as the gauges that Azure publishes. */
export function endpointMetrics(seed: number, start: number): readonly MinuteMetrics[] {
  return MACHINE_LEARNING.onlineEndpoints.flatMap((endpoint) => {
    const random = randomOf(seed, endpoint.name, start);
    const traffic = new MinuteMetrics(start, endpoint.id, 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints');
    const perDeployment = endpoint.deployments.map((deployment) => {
      const served = random.poisson(90);
      traffic.add(
        'RequestsPerMinute',
        { deployment: deployment.name, statusCode: '200', statusCodeClass: '2xx', modelStatusCode: '200' },
        served,
      );
      for (const [metric, ms] of [
        ['RequestLatency_P50', 45],
        ['RequestLatency_P95', 110],
        ['RequestLatency_P99', 180],
      ] as const) {
        traffic.add(metric, { deployment: deployment.name }, ms * (0.9 + 0.2 * random.uniform()));
      }
      const machine = new MinuteMetrics(
        start,
        deployment.id,
        'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments',
      );
      for (let instance = 0; instance < deployment.instanceCount; instance++) {
        machine.add('CpuUtilizationPercentage', { instanceId: `${deployment.name}-${instance}` }, 25 + 15 * random.uniform());
        machine.add(
          'CpuMemoryUtilizationPercentage',
          { instanceId: `${deployment.name}-${instance}` },
          48 + 4 * random.uniform(),
        );
      }
      machine.add('DeploymentCapacity', { instanceId: deployment.name, State: 'Healthy' }, deployment.instanceCount);
      return machine;
    });
    return [traffic, ...perDeployment];
  });
}
