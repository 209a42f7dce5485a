import { publishedRules } from './baseline-rules.ts';
import { builtInRules } from './built-in.ts';
import { replay } from './run.ts';

/* One replay: `built-in` or `published`, and the seed. Its outcome as JSON on stdout, progress on stderr. */

const [which = 'built-in', seed = '1'] = process.argv.slice(2);
const rules = which === 'published' ? publishedRules() : builtInRules();
const outcome = await replay(rules, Number(seed), (day) => {
  if (day % 10 === 0) process.stderr.write(`${which} rules, seed ${seed}: day ${day}\n`);
});
console.log(JSON.stringify(outcome));
