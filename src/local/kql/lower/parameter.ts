import type { Syntax } from '../syntax.ts';

/** The value of an operator's parameter such as `kind=inner`. */
export function parameter(node: Syntax, name: string): string | undefined {
  return node
    .list('Parameters')
    .find((item) => item.need('Name').name === name)
    ?.need('Expression').text;
}
