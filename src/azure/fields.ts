/** Fields of answers that nothing promises: `null` for what is missing or of another type. */

export function textOf(item: unknown, name: string): string | null {
  const value = fieldOf(item, name);
  return typeof value === 'string' ? value : null;
}

export function numberOf(item: unknown, name: string): number | null {
  const value = fieldOf(item, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function listOf(item: unknown, name: string): readonly unknown[] {
  const value = fieldOf(item, name);
  return Array.isArray(value) ? value : [];
}

export function fieldOf(item: unknown, name: string): unknown {
  return (item as Record<string, unknown> | null | undefined)?.[name];
}
