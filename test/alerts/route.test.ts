import { describe, expect, it } from 'vitest';
import { inhibitorOf } from '../../src/alerts/inhibit.ts';
import { routeById, routesFor } from '../../src/alerts/route.ts';
import { type Matcher, parseMatchers } from '../../src/model/matcher.ts';
import type { Route } from '../../src/model/route.ts';

const matchers = (written: string): readonly Matcher[] => {
  const found = parseMatchers(written);
  if (typeof found === 'string') throw new Error(found);
  return found;
};

function route(id: string, written: string, routes: readonly Route[] = [], fields: Partial<Route> = {}): Route {
  return {
    id,
    matchers: matchers(written),
    receivers: [id],
    groupBy: ['alertname'],
    groupWait: 0,
    groupInterval: 1,
    repeatInterval: 1,
    continue: false,
    muteTimeIntervals: [],
    activeTimeIntervals: [],
    routes,
    ...fields,
  };
}

describe('the routing tree', () => {
  const tree = route('', '', [
    route('audit', 'severity="critical"', [], { continue: true }),
    route('prod', 'env=prod', [route('chat', 'ModelDeploymentName=~"chat.*"')]),
    route('rest', 'env!=""'),
  ]);
  const taken = (labels: Record<string, string>) => routesFor(tree, labels).map(({ id }) => id);

  it('gives an alert to the first child that matches, and to the parent where none does', () => {
    expect(taken({ env: 'prod', ModelDeploymentName: 'chat-1' })).toEqual(['chat']);
    expect(taken({ env: 'prod' })).toEqual(['prod']);
    expect(taken({ env: 'test' })).toEqual(['rest']);
    expect(taken({})).toEqual(['']);
  });

  it('goes on behind a child that says `continue`', () => {
    expect(taken({ severity: 'critical', env: 'prod' })).toEqual(['audit', 'prod']);
    expect(taken({ severity: 'critical' })).toEqual(['audit']);
  });

  it('finds a route by its id', () => {
    expect(routeById(tree, 'chat')?.receivers).toEqual(['chat']);
    expect(routeById(tree, 'gone')).toBeNull();
  });
});

describe('an inhibition rule', () => {
  const rules = [{ source: matchers('alertname=PipelineSilent'), target: matchers('kind=absence'), equal: ['target'] }];
  const source = { labels: { alertname: 'PipelineSilent', target: 't1' } };

  it('keeps quiet what agrees in the labels named', () => {
    expect(inhibitorOf({ kind: 'absence', target: 't1' }, rules, [source])).toBe(source);
    expect(inhibitorOf({ kind: 'absence', target: 't2' }, rules, [source])).toBeNull();
    expect(inhibitorOf({ kind: 'other', target: 't1' }, rules, [source])).toBeNull();
    expect(inhibitorOf({ kind: 'absence', target: 't1' }, rules, [])).toBeNull();
  });

  it('does not let two alerts that match both sides silence each other', () => {
    const both = { labels: { alertname: 'PipelineSilent', kind: 'absence', target: 't1' } };
    expect(inhibitorOf(both.labels, rules, [both])).toBeNull();
    expect(inhibitorOf(both.labels, rules, [both, source])).toBe(source);
  });

  it('takes a label that both lack for equal', () => {
    expect(inhibitorOf({ kind: 'absence' }, rules, [{ labels: { alertname: 'PipelineSilent' } }])).not.toBeNull();
  });
});
