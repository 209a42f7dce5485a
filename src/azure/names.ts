/**
 * Every table and container that Tocsin keeps, each created on first use where it is missing. The templates in infra/ create the
 * same; queues are named in the settings.
 */
export const TABLES = {
  alerts: 'alerts',
  findings: 'findings',
  groups: 'groups',
  notifications: 'notifications',
  evaluations: 'evaluations',
  ticks: 'ticks',
  forward: 'forward',
  heartbeats: 'heartbeats',
  silences: 'silences',
  audit: 'audit',
  pushes: 'pushes',
  secrets: 'secrets',
} as const;

export const CONTAINERS = {
  state: 'state',
  sent: 'sent',
  digests: 'digests',
  quarantine: 'quarantine',
  parked: 'parked',
} as const;

/** Bodies of queue messages that were too long for a message, in the `state` container. A lifecycle rule may remove them after 14 days. */
export const LONG_JOBS_PREFIX = 'jobs/';

export type TableName = keyof typeof TABLES;
export type ContainerName = keyof typeof CONTAINERS;
