// What judging takes: rules, parsers and facts, most of the program. Loaded in one piece, and not by a run that gives an earlier answer again.
export { rules } from '../../rules/index.js';
export { analyze, newMemory } from '../analyze.js';
export { configureFrom, shownProblem } from '../configure.js';
export { fewContainers } from '../piecemeal.js';
