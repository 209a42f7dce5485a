import { beforeEach, describe, expect, it } from 'vitest';
import { type CoverageDeps, runCoverage } from '../../src/app/coverage.ts';
import { HOUR } from '../../src/model/duration.ts';
import { TocsinError } from '../../src/model/errors.ts';
import type { Rule } from '../../src/model/rule.ts';
import { parseResourceId, type Target } from '../../src/model/target.ts';
import type { DiagnosticSetting, DiagnosticSettings } from '../../src/ports.ts';
import { LOG, ruleOf, target } from '../evaluate/support.ts';
import { FakeClock } from '../support/memory/clock.ts';
import { MemoryFindingStore } from '../support/memory/finding-store.ts';
import { MemoryInventory } from '../support/memory/inventory.ts';
import { MemoryLog } from '../support/memory/log.ts';

const account = (name: string, kind = 'OpenAI'): Target => {
  const id = target(name);
  const { type = '', subscriptionId = '', resourceGroup = '' } = parseResourceId(id) ?? {};
  return { id, name, type, kind, location: 'swedencentral', subscriptionId, resourceGroup, tags: {} };
};

const needing = (id: string, categories: readonly string[], changes: Partial<Rule> = {}): Rule =>
  ruleOf({ id, signal: LOG, categories, ...changes });

const routed = (categories: readonly string[], changes: Partial<DiagnosticSetting> = {}): DiagnosticSetting => ({
  name: 'to-law',
  workspaceId: '/workspaces/law',
  eventHub: null,
  storageAccountId: null,
  categories,
  metrics: false,
  ...changes,
});

/** Settings by account name; an error is thrown instead. */
class Settings implements DiagnosticSettings {
  readonly asked: string[] = [];
  of: Record<string, readonly DiagnosticSetting[] | TocsinError> = {};

  async list(resourceId: string): Promise<readonly DiagnosticSetting[]> {
    const found = this.of[parseResourceId(resourceId)?.name ?? ''] ?? [];
    if (found instanceof TocsinError) throw found;
    return found;
  }

  async categories(resourceId: string): Promise<readonly string[]> {
    this.asked.push(parseResourceId(resourceId)?.name ?? '');
    return ['RequestResponse', 'Audit', 'Trace'];
  }
}

describe('coverage', () => {
  let settings: Settings;
  let findings: MemoryFindingStore;
  let clock: FakeClock;
  let log: MemoryLog;

  const run = (rules: readonly Rule[], targets: readonly Target[] = [account('chat')]) =>
    runCoverage({ rules, inventory: new MemoryInventory(targets), settings, findings, clock, log } satisfies CoverageDeps);

  beforeEach(() => {
    settings = new Settings();
    findings = new MemoryFindingStore();
    clock = new FakeClock();
    log = new MemoryLog();
  });

  it('names the rules that are blind on a target, with the severity of the worst', async () => {
    const outcome = await run([
      needing('Two', ['RequestResponse'], { severity: 3 }),
      needing('One', ['RequestResponse'], { severity: 1 }),
    ]);
    expect(outcome).toEqual({ targets: 1, missing: 1, unneeded: 0, failed: 0 });
    expect(findings.all()).toMatchObject([
      {
        kind: 'coverage',
        rule: null,
        target: target('chat'),
        severity: 1,
        labels: { category: 'RequestResponse' },
        summary:
          'RequestResponse of chat is routed to no Log Analytics workspace: One, Two are blind there. ' +
          'Enable it in a diagnostic setting; data follow within two hours.',
      },
    ]);
  });

  it('says what costs money and helps no rule', async () => {
    settings.of = { chat: [routed(['RequestResponse', 'Trace'])] };
    expect(await run([needing('One', ['RequestResponse'])])).toMatchObject({ missing: 0, unneeded: 1 });
    expect(findings.all()).toMatchObject([
      { kind: 'coverage', severity: 4, summary: expect.stringContaining('Trace of chat goes to a workspace (to-law)') },
    ]);
  });

  it('tolerates what a new setting routes until two hours have passed', async () => {
    settings.of = { chat: [routed(['RequestResponse', 'Trace'], { createdAt: clock.now() })] };
    await run([needing('One', ['RequestResponse'])]);
    expect(findings.all()).toEqual([]);
    clock.advance(2 * HOUR);
    await run([needing('One', ['RequestResponse'])]);
    expect(findings.all()).toHaveLength(1);
  });

  it('is silent where both agree, and then asks no more than it must', async () => {
    settings.of = { chat: [routed(['RequestResponse'])] };
    await run([needing('One', ['RequestResponse']), ruleOf()]);
    expect([findings.all(), settings.asked]).toEqual([[], []]);
  });

  it('looks at a rule only where it watches', async () => {
    const rules = [
      needing('One', ['RequestResponse'], { on: { type: 'Microsoft.CognitiveServices/accounts', kinds: ['OpenAI'] } }),
      ruleOf(),
    ];
    await run(rules, [account('chat'), account('speech', 'SpeechServices')]);
    expect(findings.all().map((one) => one.target)).toEqual([target('chat')]);
  });

  it('extends a finding while the difference stays', async () => {
    await run([needing('One', ['RequestResponse'])]);
    clock.advance(24 * HOUR);
    await run([needing('One', ['RequestResponse'])]);
    const [finding, ...others] = findings.all();
    expect(others).toEqual([]);
    expect([finding?.rule, (finding?.lastAt ?? 0) - (finding?.firstAt ?? 0)]).toEqual(['One', 24 * HOUR]);
  });

  it('goes on where a target cannot be looked at, and says so unless it may work the next time', async () => {
    settings.of = { a: new TocsinError('TCN-A003', 'Reader is missing'), b: new TocsinError('TCN-A001', 'wait') };
    const outcome = await run([needing('One', ['RequestResponse'])], [account('a'), account('b'), account('c')]);
    expect(outcome).toEqual({ targets: 3, missing: 1, unneeded: 0, failed: 2 });
    expect(
      findings
        .all()
        .map(({ target: id, code }) => [parseResourceId(id ?? '')?.name, code])
        .sort(),
    ).toEqual([
      ['a', 'TCN-A003'],
      ['c', null],
    ]);
    expect(log.messages('warn')).toHaveLength(2);
  });

  it('does not claim that a category is missing which the resource itself cannot emit', async () => {
    await run([needing('One', ['AmlOnlineEndpointTrafficLog'])]);
    expect(findings.all()).toEqual([]);
    expect(log.messages('info')).toContain('category is not emitted by the resource itself');
  });
});
