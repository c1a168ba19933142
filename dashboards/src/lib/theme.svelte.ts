// Owns the chosen theme. The colours themselves are in `styles/tokens.css`.

import { flushSync } from 'svelte';
import { shared } from './share';
import { recall, remember } from './storage';

export type Theme = 'system' | 'light' | 'dark';

/** Read by `theme-before-paint.js` as well. */
const KEY = 'heatline.theme';

function initial(): Theme {
  // The page that frames a shared dashboard knows what fits it.
  if (shared?.theme) return shared.theme;
  const kept = recall(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

class ThemeChoice {
  #chosen = $state<Theme>(initial());
  #systemIsDark = $state(false);
  #printing = $state(false);
  /** Of a page that has colours of its own, whatever is chosen. */
  #forced = $state<'light' | 'dark' | undefined>();

  constructor() {
    const query = matchMedia('(prefers-color-scheme: dark)');
    this.#systemIsDark = query.matches;
    query.addEventListener('change', () => (this.#systemIsDark = query.matches));
    // Paper is light. A canvas has to be drawn anew before it is printed, and what a stylesheet says of paper comes too late for it.
    addEventListener('beforeprint', () => this.#print(true));
    addEventListener('afterprint', () => this.#print(false));
    this.#show();
  }

  get chosen(): Theme {
    return this.#chosen;
  }

  set chosen(theme: Theme) {
    this.#chosen = theme;
    remember(KEY, theme);
    this.#show();
  }

  /** Shows the page in these colours until what this returns is called. The choice stays. */
  force(theme: 'light' | 'dark'): () => void {
    this.#forced = theme;
    this.#show();
    return () => {
      this.#forced = undefined;
      this.#show();
    };
  }

  /** What is on the screen; a canvas has to know, for CSS does not reach into it. */
  get shown(): 'light' | 'dark' {
    if (this.#printing) return 'light';
    if (this.#forced !== undefined) return this.#forced;
    if (this.#chosen !== 'system') return this.#chosen;
    return this.#systemIsDark ? 'dark' : 'light';
  }

  #show(): void {
    const theme = this.#printing ? 'light' : (this.#forced ?? this.#chosen);
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }

  #print(printing: boolean): void {
    this.#printing = printing;
    this.#show();
    flushSync();
  }
}

export const theme = new ThemeChoice();
