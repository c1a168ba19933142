// Owns the lines that a site owner copies.

/** `moves` asks the tracker for rests of the pointer too, which it does not record by itself. */
export function scriptTag(origin: string, site: string, moves = false): string {
  return `<script defer src="${origin}/js/heatline.js" data-site="${escape(site)}"${moves ? ' data-move' : ''}></script>`;
}

export function badgeUrl(origin: string, site: string, language: string): string {
  return `${origin}/badge/${encodeURIComponent(site)}.svg?show=online&lang=${language}`;
}

export function badgeTag(origin: string, site: string, language: string): string {
  return `<img src="${escape(badgeUrl(origin, site, language))}" alt="">`;
}

/** A picture that stands on any page, as wide as there is room. */
export function imageTag(url: string, alt: string): string {
  return `<img src="${escape(url)}" alt="${escape(alt)}" loading="lazy">`;
}

/** Cleans what people paste into the field for a domain: scheme, path, port and capitals go. */
export function domainFrom(text: string): string {
  return text
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/[/?#].*$/, '')
    .replace(/:\d+$/, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

/** The server has the last word; this catches what is surely no domain before it is sent. */
export function looksLikeDomain(text: string): boolean {
  return text.length <= 253 && /^[\p{L}\p{N}]([\p{L}\p{N}._-]*[\p{L}\p{N}])?$/u.test(text);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
