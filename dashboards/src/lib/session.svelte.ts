// Owns who is signed in, and the way to the sign-in page and back.

import { api, whenSignedOut } from './api';
import type { User } from './api-types';
import { navigation } from './navigation.svelte';
import { toApiError, type ApiError } from './problem';
import { loginPath } from './router';
import { shared } from './share';

const PUBLIC_PAGES: readonly string[] = ['login', 'setup'];

class Session {
  user = $state.raw<User | undefined>();
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
      this.user = (await api.session()).user;
    } catch (cause) {
      const error = toApiError(cause);
      if (error.status !== 401) this.error = error;
    } finally {
      this.asked = true;
    }
  }

  enter(user: User): void {
    this.user = user;
    this.error = undefined;
    this.asked = true;
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

export const session = new Session();
