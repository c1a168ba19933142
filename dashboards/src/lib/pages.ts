// Owns how the code of a page is fetched: when the page is first needed.

import type { Component } from 'svelte';
import { language } from './i18n/index.svelte';
import type { Route } from './router';

interface Page {
  default: Component<{ site: string }> | Component;
}

/** Fetches a page together with the texts that the start does without. */
const withTexts = (fetchPage: () => Promise<Page>) => async (): Promise<Page> => (await Promise.all([fetchPage(), language.whole()]))[0];

export const PAGES: Record<Route['page'], () => Promise<Page>> = {
  sites: () => import('../pages/Sites.svelte'),
  login: () => import('../pages/Login.svelte'),
  setup: () => import('../pages/Setup.svelte'),
  invitation: withTexts(() => import('../pages/Invitation.svelte')),
  account: withTexts(() => import('../pages/Account.svelte')),
  users: withTexts(() => import('../pages/Users.svelte')),
  site: () => import('../pages/Site.svelte'),
  live: withTexts(() => import('../pages/Live.svelte')),
  heatmap: withTexts(() => import('../pages/Heatmap.svelte')),
  elements: withTexts(() => import('../pages/Elements.svelte')),
  funnels: withTexts(() => import('../pages/Funnels.svelte')),
  retention: withTexts(() => import('../pages/Retention.svelte')),
  journeys: withTexts(() => import('../pages/Journeys.svelte')),
  outcomes: withTexts(() => import('../pages/Outcomes.svelte')),
  settings: withTexts(() => import('../pages/Settings.svelte')),
  stored: withTexts(() => import('../pages/Stored.svelte')),
  unknown: () => import('../pages/Unknown.svelte'),
};
