// Says in one line what is missing, before thirty tests say it.

import { requireTools } from './helpers/tools.mjs';

try {
  requireTools();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
