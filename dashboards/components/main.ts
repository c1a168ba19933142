// Owns the start of the page of components: a made-up server before anything can ask, then the page.

import { mount } from 'svelte';
import '../src/styles/tokens.css';
import '../src/styles/base.css';
import { standIn } from './server';

standIn();
// Components read the address and the language when they are first loaded.
const { language } = await import('../src/lib/i18n/index.svelte');
await language.ready();
const { default: Page } = await import('./Page.svelte');
const { STORIES } = await import('./stories');
/** For the tests: what there is to see, and which components have no story. */
const told = STORIES.map(({ component, states }) => ({ component, states: states.map(({ name }) => name) }));
const files = Object.keys(import.meta.glob('../src/components/**/*.svelte')).map((path) => path.replace(/^.*\/components\/|\.svelte$/g, ''));
Object.assign(globalThis, { stories: told, untold: files.filter((file) => !told.some(({ component }) => component === file)) });
const target = document.getElementById('app');
if (target) mount(Page, { target });
