// Owns the start: styles, the texts of the chosen language, then the application into the page.

import { mount } from 'svelte';
import App from './App.svelte';
import { language } from './lib/i18n/index.svelte';
import { navigation } from './lib/navigation.svelte';
import { PAGES } from './lib/pages';
import { shared } from './lib/share';
import { tellHeight } from './lib/tell-height';
import './styles/tokens.css';
import './styles/base.css';

/** Fetched beside the texts; the application asks for it again, and tells a failure. */
void PAGES[navigation.route.page]().catch(() => {});

// Set by script: the policy of the page lets nobody write it into the document.
if (shared?.background) document.documentElement.style.background = shared.background;

const target = document.getElementById('app');
await language.ready();
if (target) mount(App, { target });
if (target && shared?.embed) {
  document.documentElement.dataset['embed'] = '';
  tellHeight(target);
}
