import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Language, type Node, Parser } from 'web-tree-sitter';

const INFRA = new URL('../../infra/', import.meta.url);
const GRAMMAR = new URL('../../node_modules/tree-sitter-bicep/tree-sitter-bicep.wasm', import.meta.url);

/** One parsed template: what it declares, by name. */
export interface Template {
  readonly path: string;
  readonly text: string;
  readonly root: Node;
}

/** Every `.bicep` file below infra/, parsed. */
export async function templates(): Promise<readonly Template[]> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(fileURLToPath(GRAMMAR)));
  return readdirSync(INFRA, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.bicep'))
    .sort()
    .map((path) => {
      const text = readFileSync(new URL(path, INFRA), 'utf8');
      const tree = parser.parse(text);
      if (tree === null) throw new Error(`no tree for ${path}`);
      return { path, text, root: tree.rootNode };
    });
}

export function nodesOf(node: Node, type: string): readonly Node[] {
  return node.descendantsOfType(type).filter((each) => each !== null);
}

/** Name of a declaration: the first identifier below it. */
function nameOf(declaration: Node): string {
  return nodesOf(declaration, 'identifier')[0]?.text ?? '';
}

/** Name → whether it has a default, of every `param` of a template. */
export function parametersOf(template: Template): ReadonlyMap<string, boolean> {
  return new Map(nodesOf(template.root, 'parameter_declaration').map((node) => [nameOf(node), node.text.includes('=')]));
}

export function outputsOf(template: Template): readonly string[] {
  return nodesOf(template.root, 'output_declaration').map(nameOf);
}

export interface ModuleCall {
  readonly name: string;
  readonly path: string;
  readonly params: readonly string[];
}

export function modulesOf(template: Template): readonly ModuleCall[] {
  return nodesOf(template.root, 'module_declaration').map((node) => {
    const path = nodesOf(node, 'string_content')[0]?.text ?? '';
    const params = nodesOf(node, 'object_property').find((property) => nameOf(property) === 'params');
    const body = params === undefined ? undefined : nodesOf(params, 'object')[0];
    return { name: nameOf(node), path, params: body === undefined ? [] : keysOf(body) };
  });
}

/** The keys of an object literal, not of those nested in it. */
function keysOf(object: Node): readonly string[] {
  return object.namedChildren
    .filter((child) => child?.type === 'object_property')
    .map((child) => child?.firstNamedChild?.text.replaceAll("'", '') ?? '');
}

/** The app settings that a template sets. */
export function appSettingsOf(template: Template): readonly string[] {
  for (const resource of nodesOf(template.root, 'resource_declaration')) {
    if (!resource.text.includes("name: 'appsettings'")) continue;
    const properties = nodesOf(resource, 'object_property').find((property) => nameOf(property) === 'properties');
    const body = properties === undefined ? undefined : nodesOf(properties, 'object')[0];
    return body === undefined ? [] : keysOf(body);
  }
  return [];
}
