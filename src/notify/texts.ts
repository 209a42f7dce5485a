/** At most so many characters, the last an ellipsis where some are missing. */
export function cut(text: string, limit: number): string {
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}

export function iso(time: number): string {
  return new Date(time).toISOString();
}

/** What `build` makes of as many alerts as a medium that takes so many bytes can hold, at least of one. */
export function fitting(build: (alerts: number) => unknown, most: number, bytes: number): unknown {
  let alerts = most;
  let body = build(alerts);
  while (alerts > 1 && Buffer.byteLength(JSON.stringify(body)) > bytes) {
    alerts = Math.max(1, Math.floor(alerts * 0.8));
    body = build(alerts);
  }
  return body;
}
