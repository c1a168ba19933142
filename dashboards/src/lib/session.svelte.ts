// Owns who is signed in, what they may do and have chosen, and the way to the sign-in page and back.

import { api, whenSignedOut } from './api';
import type { Choices, Role, SignedIn, User } from './api-types';
import { clock } from './clock.svelte';
import { language } from './i18n/index.svelte';
import { navigation } from './navigation.svelte';
import { toApiError, type ApiError } from './problem';
import { loginPath } from './router';
import { shared } from './share';
import { theme } from './theme.svelte';

const PUBLIC_PAGES: readonly string[] = ['login', 'setup', 'invitation'];

class Session {
  user = $state.raw<User | undefined>();
  #roles = $state.raw<Record<string, Role>>({});
  /** Why the server could not say who is signed in; not used for "nobody". */
  error = $state.raw<ApiError | undefined>();
  asked = $state(false);

  constructor() {
    // Who has a shared link is not signed in anyway: `visit.svelte.ts` knows what to do.
    if (!shared) whenSignedOut(() => this.#leave());
  }

  async load(): Promise<void> {
    this.error = undefined;
    try {
      this.enter(await api.session());
    } catch (cause) {
      const error = toApiError(cause);
      if (error.status !== 401) this.error = error;
    } finally {
      this.asked = true;
    }
  }

  enter({ user, roles }: SignedIn): void {
    this.user = user;
    this.#roles = roles;
    this.error = undefined;
    this.asked = true;
    apply(user);
  }

  /** What is not hidden by these is still refused by the server. */
  mayEdit(site: string): boolean {
    return this.mayOwn(site) || this.#roles[site] === 'editor';
  }

  mayOwn(site: string): boolean {
    return this.user?.admin === true || this.#roles[site] === 'owner';
  }

  /** Chooses something at once, here and, for who is signed in, in all their browsers. */
  async prefer(chosen: Partial<Choices>): Promise<void> {
    apply(chosen);
    if (this.user) await api.changeAccount(chosen);
  }

  async signOut(): Promise<void> {
    await api.signOut();
    this.user = undefined;
    navigation.go('/login');
  }

  #leave(): void {
    this.user = undefined;
    if (PUBLIC_PAGES.includes(navigation.route.page)) return;
    navigation.go(loginPath(navigation.here), { replace: true });
  }
}

/** What was never chosen stays as this browser has it. */
function apply(chosen: { [Name in keyof Choices]?: Choices[Name] | null }): void {
  if (chosen.theme) theme.chosen = chosen.theme;
  if (chosen.time_format) clock.chosen = chosen.time_format;
  // A language whose texts cannot be fetched is not spoken: the page stays in the one it has.
  if (chosen.language && chosen.language !== language.code) language.choose(chosen.language).catch(() => {});
}

export const session = new Session();
