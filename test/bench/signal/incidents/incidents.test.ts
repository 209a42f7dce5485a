import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../../src/model/duration.ts';
import { hasShared } from '../../../support/shared.ts';
import { publishedRules } from './baseline-rules.ts';
import { estateOf } from './estate.ts';
import { madeMetrics } from './metrics.ts';
import { DEPLOYMENTS, type Deployment, RESOURCES } from './names.ts';
import { BEGIN, DAYS, END, type Incident, KINDS, type Kind, PIPELINE_AT, planOf } from './plan.ts';

const estate = estateOf(planOf(7));
const { incidents } = estate.plan;
const firstOf = (kind: Kind): Incident => incidents.find((one) => one.kind === kind) as Incident;
const hitBy = (kind: Kind): Deployment => DEPLOYMENTS.find(({ name }) => name === firstOf(kind).hits.key) as Deployment;
const middleOf = (kind: Kind): number => {
  const { start, end } = firstOf(kind);
  return Math.floor((start + end) / 2 / MINUTE) * MINUTE;
};

describe('the sixty days', () => {
  it('hold forty incidents, five of each of eight kinds, after a quiet week', () => {
    expect(incidents).toHaveLength(40);
    for (const kind of KINDS) expect(incidents.filter((one) => one.kind === kind)).toHaveLength(5);
    expect(Math.min(...incidents.map(({ start }) => start))).toBeGreaterThanOrEqual(BEGIN + 7 * DAY);
    expect(Math.max(...incidents.map(({ end }) => end))).toBeLessThan(END);
    expect(END - BEGIN).toBe(DAYS * DAY);
  });

  it('hold no two incidents of the same part of the estate at the same time', () => {
    for (const key of new Set(incidents.map(({ hits }) => hits.key))) {
      const own = incidents.filter(({ hits }) => hits.key === key).sort((a, b) => a.start - b.start);
      own.slice(1).forEach((one, index) => {
        expect(one.start).toBeGreaterThan(own[index]?.end ?? END);
      });
    }
  });
});

describe('an incident shows', () => {
  const quiet = (at: number) => at - 2 * DAY;

  it('as refusals, slowness, silence and growing tokens of a deployment', () => {
    const during = (kind: Kind, at = middleOf(kind)) => estate.model(hitBy(kind), at);
    expect(during('storm').throttled).toBeGreaterThan(during('storm', quiet(middleOf('storm'))).throttled + 10);
    expect(during('slow model').firstToken).toBeGreaterThan(1_900);
    expect(during('dead deployment')).toMatchObject({ ok: 0, failed: 0, tokens: 0 });
    const late = firstOf('creeping cost').end - HOUR;
    const tokensPerCall = (at: number) => during('creeping cost', at).tokens / during('creeping cost', at).ok;
    expect(tokensPerCall(late)).toBeGreaterThan(3 * tokensPerCall(quiet(late)));
  });

  it('as a pipeline that does not run, a quota that fills and a model that fails', () => {
    const { start } = firstOf('silent pipeline');
    expect(estate.pipelineRuns(start)).toBe(false);
    expect(estate.pipelineRuns(start + DAY)).toBe(true);
    expect(start % DAY).toBe(PIPELINE_AT);
    const filling = firstOf('quota exhaustion');
    expect(estate.quota(filling.hits.key, middleOf('quota exhaustion'))).toBeGreaterThan(90);
    const bad = middleOf('bad rollout');
    expect(estate.endpoint(bad).p99).toBeGreaterThan(estate.endpoint(quiet(bad)).p99);
  });

  it('elsewhere for every seed, and in the same way for one', () => {
    expect(planOf(7).incidents).toEqual(incidents);
    expect(planOf(8).incidents.map(({ start }) => start)).not.toEqual(incidents.map(({ start }) => start));
  });
});

describe('its metrics', () => {
  const query = (splitBy: readonly string[], grain: number) => ({
    resourceIds: [RESOURCES.account],
    metrics: ['ModelRequests'],
    aggregations: ['total' as const],
    splitBy,
    span: { start: BEGIN + DAY, end: BEGIN + DAY + HOUR },
    grain,
    namespace: '',
    region: '',
    subscriptionId: '',
  });
  const source = madeMetrics(estate, { now: () => END, wall: () => END });
  const sum = async (splitBy: readonly string[], grain: number) =>
    (await source.read(query(splitBy, grain))).series
      .flatMap(({ points }) => points)
      .reduce((total, point) => total + (point.total ?? 0), 0);

  it('add up the same, however they are split and cut', async () => {
    const whole = await sum([], HOUR);
    expect(whole).toBeGreaterThan(1_000);
    expect(await sum(['ModelDeploymentName', 'StatusCode'], MINUTE)).toBe(whole);
    expect(
      (await source.read(query(['ModelDeploymentName'], MINUTE))).series.map(({ labels }) => labels.ModelDeploymentName),
    ).toEqual(['chat', 'code', 'embeddings']);
  });

  it('are the same whenever they are asked for, and end at the clock', async () => {
    expect(await source.read(query([], MINUTE))).toEqual(await source.read(query([], MINUTE)));
    const early = madeMetrics(estate, { now: () => BEGIN + DAY + 10 * MINUTE, wall: () => 0 });
    expect((await early.read(query([], MINUTE))).series[0]?.points).toHaveLength(10);
  });
});

it.skipIf(!hasShared)('the published rules are read as they stand', () => {
  const rules = publishedRules();
  expect(rules).toHaveLength(16);
  expect(rules.find(({ id }) => id === 'AMBA TokenTransaction')?.condition).toMatchObject({
    when: { operator: '>', threshold: 180_000 },
  });
});
