// Owns how the code of a page is fetched: when the page is first needed.

import type { Component } from 'svelte';
import type { Route } from './router';

export const PAGES: Record<Route['page'], () => Promise<{ default: Component<{ site: string }> | Component }>> = {
  sites: () => import('../pages/Sites.svelte'),
  login: () => import('../pages/Login.svelte'),
  setup: () => import('../pages/Setup.svelte'),
  invitation: () => import('../pages/Invitation.svelte'),
  account: () => import('../pages/Account.svelte'),
  users: () => import('../pages/Users.svelte'),
  site: () => import('../pages/Site.svelte'),
  live: () => import('../pages/Live.svelte'),
  heatmap: () => import('../pages/Heatmap.svelte'),
  elements: () => import('../pages/Elements.svelte'),
  funnels: () => import('../pages/Funnels.svelte'),
  retention: () => import('../pages/Retention.svelte'),
  journeys: () => import('../pages/Journeys.svelte'),
  outcomes: () => import('../pages/Outcomes.svelte'),
  settings: () => import('../pages/Settings.svelte'),
  stored: () => import('../pages/Stored.svelte'),
  unknown: () => import('../pages/Unknown.svelte'),
};
