/** One event as the hub gave it. */
export interface ForwardEvent {
  readonly body: Uint8Array;
  readonly partition: string;
  /** Digits; empty where the trigger's data did not tell which event is whose. */
  readonly sequenceNumber: string;
  readonly offset: string;
  /** ISO 8601 with zone; empty where unknown. */
  readonly enqueuedAt: string;
  /** What the sender chose the partition by; absent where it chose none. */
  readonly partitionKey?: string;
}

/** What one invocation was given. */
export interface ForwardBatch {
  readonly hub: string;
  readonly events: readonly ForwardEvent[];
}
