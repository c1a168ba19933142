// Owns the browser: how Chromium starts, and what a visitor's browser looks like.

import { chromium } from 'playwright-core';

import { CHROMIUM, requireTools } from './tools.mjs';

const LAUNCHES = 3;
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Trackers of others take `navigator.webdriver` for a bot.
  '--disable-blink-features=AutomationControlled',
];

/**
 * Starts Chromium as a visitor has it: with the back/forward cache, which Playwright switches off.
 *
 * TRICKY: the user agent of a context is not that of the beacons which a page sends while it is left; those have the browser's own,
 * by which headless Chrome names itself and is dropped as a bot. Tests that follow a visitor to the end give both the same.
 *
 * To this browser `hosts` are names of this machine.
 */
export async function launchBrowser({ userAgent } = visitor(), { hosts = [] } = {}) {
  requireTools();
  return launched({
    executablePath: CHROMIUM,
    headless: true,
    args: [...QUIET, `--user-agent=${userAgent}`, `--host-resolver-rules=${hosts.map((host) => `MAP ${host} 127.0.0.1`).join(',')}`],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
}

/**
 * Starts Chromium. TRICKY: Debian's now and then dies of a segmentation fault before its first page; that says nothing about us, so
 * it is started again, and the third time is said.
 */
async function launched(settings, attempt = 1) {
  try {
    return await chromium.launch(settings);
  } catch (error) {
    if (attempt === LAUNCHES || !`${error.message}`.includes('has been closed')) throw error;
    console.error(`Chromium died while it started, attempt ${attempt} of ${LAUNCHES}`);
    return launched(settings, attempt + 1);
  }
}

/** Starts the browser of one visitor. */
export async function openAs(who = visitor(), settings) {
  const browser = await launchBrowser(who, settings);
  const context = await browser.newContext(who);
  return { browser, context, page: await context.newPage() };
}

const SYSTEMS = {
  desktop: 'Windows NT 10.0; Win64; x64',
  mobile: 'Linux; Android 10; K',
};

/**
 * Returns the settings of a browser context as a visitor has it.
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
  collectComplaints(context, complaints);
  return complaints;
}

/** Adds to a list all that goes wrong in the pages of a context, but for what matches `except`. */
export function collectComplaints(context, complaints, except) {
  const complain = (text) => {
    if (!except?.test(text)) complaints.push(text);
  };
  context.on('weberror', (error) => complain(`exception: ${error.error().message}`));
  context.on('console', (message) => {
    if (message.type() === 'error') complain(`console: ${message.text()} (${message.location().url})`);
  });
}
