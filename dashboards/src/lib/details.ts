// Owns what pages need to know of a site, for whom it is told so.

import { api } from './api';
import type { SiteDetails } from './api-types';
import { ApiError } from './problem';
import { looksOnly } from './share';
import { visit } from './visit.svelte';

/** Returns the details of a site. A link shows one site; every other is not there. */
export async function detailsOf(site: string, signal: AbortSignal): Promise<SiteDetails> {
  if (!looksOnly) return api.site(site, signal);
  if (visit.site?.domain !== site) throw new ApiError('site_not_found', 404);
  return visit.site;
}
