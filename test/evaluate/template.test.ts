import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber, formatPercent, renderTemplate, type TemplateScope } from '../../src/evaluate/template.ts';

const SCOPE: TemplateScope = {
  rule: 'Throttled',
  target: { id: '/subscriptions/0/x', name: 'contoso' },
  labels: { ModelDeploymentName: 'chat', odd: 'a b/{{value}}' },
  value: 0.12345,
  threshold: 0.1,
  unit: 'ratio',
  window: '5m',
};

describe('a text of a rule', () => {
  it.each([
    ['{{labels.ModelDeploymentName}} on {{ target.name }}', 'chat on contoso'],
    ['{{value}} {{value | percent}} {{value|number}}', '12.3% 12.3% 0.1235'],
    ['{{threshold}} over {{window}} by {{rule}} at {{target.id}}', '10% over 5m by Throttled at /subscriptions/0/x'],
    ['nothing to fill in { } }}', 'nothing to fill in { } }}'],
  ])('fills in %j', (text, expected) => {
    expect(renderTemplate(text, SCOPE)).toBe(expected);
  });

  it.each([
    ['{{labels.nobody}}', '?labels.nobody?'],
    ['{{ valeu }}', '?valeu?'],
    ['{{value | shout}}', '?value | shout?'],
    ['{{labels.odd | percent}}', '?labels.odd | percent?'],
    ['{{labels.toString}}', '?labels.toString?'],
    ['{{}}', '??'],
  ])('keeps what it does not know visible: %j', (text, expected) => {
    expect(renderTemplate(text, SCOPE)).toBe(expected);
  });

  it('does not look again at what was filled in', () => {
    expect(renderTemplate('{{labels.odd}}', SCOPE)).toBe('a b/{{value}}');
  });

  it('encodes what is filled into a link', () => {
    expect(renderTemplate('https://wiki/{{labels.odd}}', SCOPE, encodeURIComponent)).toBe(
      'https://wiki/a%20b%2F%7B%7Bvalue%7D%7D',
    );
  });

  it('has words for a missing value', () => {
    expect(renderTemplate('{{value | percent}}', { ...SCOPE, value: null })).toBe('no value');
  });

  it('cuts a label that would fill the message', () => {
    expect(renderTemplate('{{labels.long}}', { ...SCOPE, labels: { long: 'x'.repeat(5_000) } })).toHaveLength(257);
  });

  it('never stops an alert', () => {
    fc.assert(
      fc.property(fc.string(), fc.oneof(fc.string(), fc.constantFrom('{{', '}}', '|')), fc.string(), (before, middle, after) => {
        expect(typeof renderTemplate(`${before}{{${middle}}}${after}`, SCOPE)).toBe('string');
      }),
    );
  });
});

describe('numbers in texts', () => {
  it('are short', () => {
    expect([0, 0.000123456, 12.345678, 999.99, 123456.7, -1234.5].map(formatNumber)).toEqual([
      '0',
      '0.0001235',
      '12.35',
      '1000',
      '123457',
      '-1234',
    ]);
    expect([0, 0.1, 0.12345, 1, 12.5].map(formatPercent)).toEqual(['0%', '10%', '12.3%', '100%', '1250%']);
  });
});
