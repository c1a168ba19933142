// Owns what must be there before a test can run: the built service and Chromium.

import { accessSync, constants } from 'node:fs';
import path from 'node:path';

import { failure } from './failure.mjs';

export const BINARY = path.resolve(
  process.env.HEATLINE_TEST_BINARY ?? path.join(import.meta.dirname, '../../../target/debug/heatline'),
);
export const CHROMIUM = '/usr/bin/chromium';

/** Fails in one line that says what to do. */
export function requireTools() {
  requireExecutable(BINARY, 'build it with: cargo build');
  requireExecutable(CHROMIUM, 'install it with: make browser');
}

function requireExecutable(file, remedy) {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    throw failure(`browser tests need ${file}; ${remedy}`);
  }
}
