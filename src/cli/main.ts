#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { runCli } from './run.js';

// The Python grammar is compiled anew in every run and used for moments: V8's quick compiler alone saves more than its better code is worth.
setFlagsFromString('--liftoff-only');

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has gone (`gwlint | head`): there is nobody left to tell.
  process.exit(error.code === 'EPIPE' ? (process.exitCode ?? 0) : 2);
});

process.exitCode = await runCli(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdout: text => void process.stdout.write(text),
  stderr: text => void process.stderr.write(text),
  stdin: async () => (await import('./stdin.js')).readAll(process.stdin),
  ...(process.stdin.isTTY &&
    process.stdout.isTTY && { ask: async question => (await import('./stdin.js')).ask(question) }),
  isTerminal: process.stdout.isTTY === true,
  ...(process.stdout.columns > 0 && { columns: process.stdout.columns }),
});
