import type { Json } from './json.ts';

/*
 * Records that are no resource logs but come through hubs as well name things otherwise: rows of Log Analytics tables, which are also
 * what Application Insights streams (AppRequests, AppTraces …), and alerts of Defender for Cloud as its continuous export sends them.
 */

type Members = readonly (readonly [name: string, value: Json])[];

interface OtherNames {
  /** The name of the table. */
  readonly category: string;
  readonly resourceId: string;
  readonly level: string;
}

/** Numbers of Application Insights, which run against those of Azure's levels. */
const LEVELS = ['Verbose', 'Information', 'Warning', 'Error', 'Critical'];

/** What the members of a record without category say under other names; empty where they do not. */
export function otherNames(members: Members): OtherNames {
  const named = new Map(members.map(([name, value]) => [name.toLowerCase(), value]));
  const text = (name: string): string => {
    const value = named.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const isAlert = text('alerttype') !== '' && (text('systemalertid') !== '' || text('vendorname') !== '');
  const level = named.get('severitylevel');
  return {
    category: text('type') || (isAlert ? 'SecurityAlert' : ''),
    resourceId: text('_resourceid') || text('azureresourceid') || attackedResource(named.get('resourceidentifiers')),
    level: LEVELS[Number(level ?? Number.NaN)] ?? (isAlert ? text('severity') || text('alertseverity') : ''),
  };
}

/** An alert of Defender names its resources in a list, among workspaces and agents. */
function attackedResource(identifiers: Json | undefined): string {
  if (!Array.isArray(identifiers)) return '';
  for (const one of identifiers as readonly Json[]) {
    const id = typeof one === 'object' && one !== null ? (one as Readonly<Record<string, Json>>).AzureResourceId : undefined;
    if (typeof id === 'string' && id !== '') return id;
  }
  return '';
}
