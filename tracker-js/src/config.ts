// Owns what the script tag says, read once while it runs. It does not decide anything from it.

const script = document.currentScript as HTMLScriptElement | null;
const { site, api, hash } = script?.dataset || ({} as DOMStringMap);

/** The name of the site, `data-site`. */
export const siteName = site;

/** Where beacons go: `data-api`, by default `/api/beacon` on the script's own origin. */
export const endpoint = api || (script?.src && new URL(script.src).origin + '/api/beacon');

/** The fragment of the URL tells pages apart: `data-hash` is there. */
export const hashRouting = hash !== undefined;
