/** Names and values that tell one series from another, e.g. `{ ModelDeploymentName: 'chat' }`. */
export type Labels = Readonly<Record<string, string>>;

/** One text per label set, whatever the order in which the labels were written. */
export function labelKey(labels: Labels): string {
  return JSON.stringify(
    Object.keys(labels)
      .sort()
      .map((name) => [name, labels[name]]),
  );
}

/** Only the named labels; a missing one is the empty string, so that every series of a rule has the same label names. */
export function pickLabels(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(names.map((name) => [name, labels[name] ?? '']));
}
