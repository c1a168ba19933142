// Owns the start of the browser. It does not open pages.
import { chromium } from 'playwright-core';

const LAUNCHES = 3;
const SETTINGS = {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  // Playwright switches the back/forward cache off.
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
};

/** Starts Chromium; again where it dies before its first page, as Debian's now and then does. The third time is said. */
export const launch = async (attempt = 1) => {
  try {
    return await chromium.launch(SETTINGS);
  } catch (error) {
    if (attempt === LAUNCHES || !`${error.message}`.includes('has been closed')) throw error;
    console.error(`Chromium died while it started, attempt ${attempt} of ${LAUNCHES}`);
    return launch(attempt + 1);
  }
};
