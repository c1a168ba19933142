// Owns the visit of somebody with a shared link: what the link shows, its password, and its end.

import { api, whenSignedOut } from './api';
import type { SharedSite } from './api-types';
import { ApiError, toApiError } from './problem';
import { hasPass, shared, showPass } from './share';

class Visit {
  /** What the link shows; undefined until it is known. */
  site = $state.raw<SharedSite | undefined>();
  needsPassword = $state(false);
  /** Why the link opens nothing, or why that is not known. */
  error = $state.raw<ApiError | undefined>();
  #asking = false;

  constructor() {
    // The link was removed, has ended or has another password now: what it is, it tells itself.
    if (shared) whenSignedOut(() => void this.#lost());
  }

  async load(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    this.error = undefined;
    try {
      if (shared?.token === '') throw new ApiError('shared_link_not_found', 404);
      const { needs_password, ...answer } = await this.#ask();
      this.needsPassword = needs_password;
      this.site = needs_password ? undefined : (answer as SharedSite);
    } catch (cause) {
      this.error = toApiError(cause);
      this.site = undefined;
    } finally {
      this.#asking = false;
    }
  }

  /** A pass that is too old, or of an older password, is dropped; what the link itself is then, it tells. */
  async #ask() {
    const answer = hasPass() ? await api.share().catch(() => undefined) : undefined;
    if (answer && !answer.needs_password) return answer;
    showPass(undefined);
    return api.share();
  }

  /** Gives the password. Fails with an `ApiError` where it is not the one. */
  async unlock(password: string): Promise<void> {
    // Asked for with the link itself, whatever was shown meanwhile.
    showPass(undefined);
    showPass((await api.unlockShare(password)).pass);
    await this.load();
  }

  async #lost(): Promise<void> {
    if (this.#asking) return;
    showPass(undefined);
    await this.load();
  }
}

export const visit = new Visit();
