// Owns what the script tag says, read once while it runs. It does not decide anything from it.

const script = document.currentScript as HTMLScriptElement | null;

/** `data-site`: the name of the site. `data-api`: where beacons go. `data-hash`: there, if fragments tell pages apart. */
export const { site, api, hash } = script?.dataset || ({} as DOMStringMap);

/** By default beacons go to the script's own origin. */
export const endpoint = api || (script?.src && new URL('/api/beacon', script.src));

export const isHashRouted = hash !== undefined || undefined;
