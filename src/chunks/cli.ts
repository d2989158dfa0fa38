import { keepCodeInTheEnd, load } from './load.js';

/** The chunk of src/cli/main.ts; the build puts in its name. */
declare const mainChunk: string;

keepCodeInTheEnd();
load(mainChunk);
