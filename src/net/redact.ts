/** A URL as it may stand in errors and logs: paths and queries of webhooks are secrets. */
export function redactUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null || parsed.host === '' ? '(not a URL)' : `${parsed.protocol}//${parsed.host}`;
}
