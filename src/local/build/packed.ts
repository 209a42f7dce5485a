/*
 * V8 reads every function of a file before it runs the first, and in the deployed file nine tenths are SDKs that no registration needs.
 * So what is only reached through `import()` travels as text, which V8 passes over five times as fast, and is compiled when it is asked for.
 */

/** One CommonJS file of `main` and the chunks that it or they `require` by name (`./x.js`), all of them CommonJS. */
export function packed(main: string, chunks: Readonly<Record<string, string>>): string {
  const named = Object.fromEntries(Object.entries(chunks).map(([name, code]) => [`./${name}`, `"use strict";${code}`]));
  return ascii([`"use strict";const __chunks=${JSON.stringify(named)};`, LOADER, main].join('\n'));
}

/** In front of `main`, whose `require` it takes the place of. A chunk that throws is run again at the next try, as Node runs CommonJS. */
const LOADER = `const __url=require('node:url').pathToFileURL(__filename).href;
const __loaded=new Map(),__require=require;
require=(id)=>{
  if(!Object.hasOwn(__chunks,id))return __require(id);
  const known=__loaded.get(id);
  if(known!==undefined)return known.exports;
  const chunk={exports:{}};
  const parameters=['exports','require','module','__filename','__dirname','__url'];
  const run=__require('node:vm').compileFunction(__chunks[id],parameters,{filename:__filename+id.slice(1)});
  __loaded.set(id,chunk);
  try{run(chunk.exports,require,chunk,__filename,__dirname,__url)}catch(thrown){__loaded.delete(id);throw thrown}
  return chunk.exports;
};`;

/**
 * One character beyond ASCII makes the whole file twice as large in memory. esbuild leaves those of regular expressions and tagged
 * templates, where an escape means the same to all but \`String.raw\`; in a chunk's text it means the character itself.
 */
function ascii(code: string): string {
  return code.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is meant.
    /(?<!\\)[^\x00-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
