import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../../src/forward/instant.ts';
import { encodeLogs } from '../../../src/forward/otlp/logs.ts';
import { CITATIONS, FAMILIES, OPENAI_RECORD, type PropertyRule, RECORD, RESOURCE } from '../../../src/forward/otlp/mapping.ts';
import { readRecord } from '../../../src/forward/record.ts';
import { decodeOtlpLogs } from '../../support/otlp.ts';

/*
 * docs/forwarding-mapping.md is made of the table (test/check/pages.ts). Here stands that the encoder does what the table says.
 */

const NOW = { seconds: 1_770_000_000, nanos: 0 };
const OF_FAMILY = { openai: 'RequestResponse', machineLearning: 'AmlOnlineEndpointTrafficLog', any: 'Anything' } as const;

function mapped(source: Parameters<typeof readRecord>[0]) {
  const record = readRecord(source, parseInstant('2026-03-10T21:41:05Z') ?? NOW, {});
  if (record.kind === 'platform metric') throw new Error('a log was meant');
  const keep = { content: false, secrets: false, emails: false };
  const [log] = decodeOtlpLogs(encodeLogs([{ record, position: 0 }], NOW, keep).body);
  return log;
}

/** A value of the kind that a rule expects, and what becomes of it. */
function example({ as, to }: PropertyRule): readonly [value: string, attributes: readonly unknown[], body?: unknown] {
  switch (as) {
    case 'as it is':
      return ['v', to.map(() => 'v')];
    case 'integer':
    case 'sum':
      return ['17', [17n]];
    case 'number':
      return ['1.5', [1.5]];
    case 'ticks':
      return ['638481757794854611', ['638481757794854611', '2024-04-08T12:22:59.4854611Z']];
    case 'streaming':
      return ['Streaming', [true]];
    case 'body':
      return ['said', [], 'said'];
    case 'left out':
      return ['someone', []];
  }
}

describe.each(Object.entries(FAMILIES))('properties of the family %s', (family, { rules }) => {
  it.each([...rules.values()].map((rule) => [rule.from, rule] as const))('%s', (name, rule) => {
    const [value, expected, body = null] = example(rule);
    const category = OF_FAMILY[family as keyof typeof OF_FAMILY];
    const log = mapped({ category, properties: { [name]: value } });
    const names = rule.as === 'body' || rule.as === 'left out' ? [] : rule.to;
    expect(names.map((one) => log?.attributes[one])).toEqual(expected);
    expect(log?.body).toEqual(body);
    if (rule.as === 'left out') for (const one of rule.to) expect(log?.attributes).not.toHaveProperty([one]);
  });
});

it.each(
  Object.entries(RECORD).filter(([name]) => !['uid', 'timeFrom', 'unparsed', 'unparsedProperties', 'durationMs'].includes(name)),
)('the member %s', (name, { to }) => {
  expect(mapped({ [name]: 'v' })?.attributes).toMatchObject({ [to]: 'v' });
});

describe('the table', () => {
  const members = [RESOURCE, RECORD, OPENAI_RECORD].flatMap((table) => Object.values(table));
  const rules = Object.values(FAMILIES).flatMap((family) => [...family.rules.values()]);

  it('cites a source that the page lists for every name, and names of its own are in its own space', () => {
    for (const { by } of [...members, ...rules]) expect(CITATIONS).toHaveProperty([by]);
    for (const { to, by } of members) if (by.startsWith('semconv')) expect(to).not.toMatch(/^tocsin\./);
  });

  it('gives no name to two different members of the resource or of every record', () => {
    for (const table of [RESOURCE, RECORD]) {
      const names = Object.values(table).map(({ to }) => to);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});
