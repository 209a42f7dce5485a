import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAMILIES, MAPPING_VERSION, OPENAI_RECORD, RECORD, RESOURCE } from '../../../src/forward/otlp/mapping.ts';

const page = readFileSync(new URL('../../../docs/forwarding.md', import.meta.url), 'utf8');

describe('the page about forwarding', () => {
  const families = Object.values(FAMILIES).flatMap(({ rules, others }) => [
    ...[...rules.values()].flatMap(({ to }) => to),
    ...others.values(),
  ]);
  const members = [RESOURCE, RECORD, OPENAI_RECORD].flatMap((table) => Object.values(table).map(({ to }) => to));

  it.each([...new Set([...families, ...members])].filter((name) => name !== 'body'))('names %s', (name) => {
    expect(page).toContain(`\`${name}\``);
  });

  it('speaks of this version', () => {
    expect(page).toContain(`Version ${MAPPING_VERSION},`);
  });
});
