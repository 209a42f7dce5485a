/** What waits for a trigger to fire. */
export interface Listener {
  start(): Promise<void>;
  /** Takes nothing new; resolves when what runs has ended. */
  stop(): Promise<void>;
}
