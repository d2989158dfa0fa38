// Reads a JSON list of texts from standard input and prints what the package nginx-conf makes of each: lines of depth, name and
// value, or its error. A process of its own, because the package does not return from some inputs.
import { readFileSync } from 'node:fs';
import { parse } from 'nginx-conf';

function lines(node, depth) {
  const found = [];
  for (const child of node.children ?? []) {
    found.push([depth, child.name, child.value, child.isBlock ? '{' : ''].join('\t'));
    found.push(...lines(child, depth + 1));
  }
  return found;
}

function read(text) {
  let result = 'nothing';
  try {
    parse(text, (error, tree) => {
      result = error ? `error: ${error.message}` : lines(tree, 0);
    });
  } catch (error) {
    result = `thrown: ${error.message}`;
  }
  return result;
}

const texts = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(texts.map(read)));
