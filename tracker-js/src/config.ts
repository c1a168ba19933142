// Owns what the script tag says, read once while it runs, and the siblings of the script. It does not decide anything from it, and leaves what
// it says of automatic events to their script.
//
// Where there is no tag, or none with an address, this throws, and the script is over before it did anything.

export const tag = document.currentScript as HTMLScriptElement;

/** `data-site`: the name of the site. `data-api`: where beacons go. `data-hash`: there, if fragments tell pages apart. */
export const { site, api, hash } = tag.dataset;

/** By default beacons go to the script's own origin. */
export const endpoint = api || new URL('/api/beacon', tag.src);

/** Puts a sibling of the script beside it. It finds `data-site`, and `data-token` if there is one, on its own tag. */
export const load = (name: string, token?: string): void => {
  const script = document.createElement('script');
  script.src = new URL(`heatline-${name}.js`, tag.src) as never;
  script.dataset.site = site!;
  script.dataset.token = token!;
  document.head.append(script);
};
