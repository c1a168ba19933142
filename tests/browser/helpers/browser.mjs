// Owns the browser: how Chromium starts, and what a visitor's browser looks like.

import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

import { failure } from './failure.mjs';

const CHROMIUM = '/usr/bin/chromium';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Trackers of others take `navigator.webdriver` for a bot.
  '--disable-blink-features=AutomationControlled',
];

/** Starts Chromium. Unlike Playwright's default, its back/forward cache is on, as it is for visitors. */
export async function launchBrowser() {
  if (!existsSync(CHROMIUM)) throw failure(`browser tests need Chromium at ${CHROMIUM}; install it with: make browser`);
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: QUIET,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
}

const SYSTEMS = {
  desktop: 'Windows NT 10.0; Win64; x64',
  mobile: 'Linux; Android 10; K',
};

/**
 * Returns the settings of a browser context as a visitor has it; headless Chrome names itself, and is dropped as a bot.
 * Visitors of one address are told apart by their browser: `version` makes another one.
 */
export function visitor({ width = 1280, height = 800, mobile = false, version = 150 } = {}) {
  const system = mobile ? SYSTEMS.mobile : SYSTEMS.desktop;
  return {
    viewport: { width, height },
    userAgent: `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 ${mobile ? 'Mobile ' : ''}Safari/537.36`,
    isMobile: mobile,
    hasTouch: mobile,
    locale: 'en-GB',
  };
}

/** Returns the list, growing, of all that goes wrong in the pages of a context: exceptions, errors on the console, refused content. */
export function complaintsOf(context) {
  const complaints = [];
  context.on('weberror', (error) => complaints.push(`exception: ${error.error().message}`));
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  return complaints;
}
