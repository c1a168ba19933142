// Owns how the code of a page is fetched: when the page is first needed.

import type { Component } from 'svelte';
import type { Route } from './router';

export const PAGES: Record<Route['page'], () => Promise<{ default: Component<{ site: string }> | Component }>> = {
  sites: () => import('../pages/Sites.svelte'),
  login: () => import('../pages/Login.svelte'),
  setup: () => import('../pages/Setup.svelte'),
  site: () => import('../pages/Site.svelte'),
  heatmap: () => import('../pages/Heatmap.svelte'),
  funnels: () => import('../pages/Funnels.svelte'),
  retention: () => import('../pages/Retention.svelte'),
  journeys: () => import('../pages/Journeys.svelte'),
  outcomes: () => import('../pages/Outcomes.svelte'),
  settings: () => import('../pages/Settings.svelte'),
  stored: () => import('../pages/Stored.svelte'),
  unknown: () => import('../pages/Unknown.svelte'),
};
