import { keepCodeInTheEnd, load } from './load.js';

/** The chunk of src/cli/main.ts; the build puts in its name. */
declare const mainChunk: string;

// The Python grammar is used for moments. The V8 of Node.js 20 takes a tenth of a second to make better code of its largest function; later ones
// see that it does not pay. Set first: V8 takes kept code only under the flags that it was made with.
if (Number.parseInt(process.versions.v8, 10) < 12) require('node:v8').setFlagsFromString('--liftoff-only');

keepCodeInTheEnd();
load(mainChunk);
