// Owns the lines that a site owner copies.

/** `moves` asks the tracker for rests of the pointer too, which it does not record by itself. */
export function scriptTag(origin: string, site: string, moves = false): string {
  return `<script defer src="${origin}/js/heatline.js" data-site="${escape(site)}"${moves ? ' data-move' : ''}></script>`;
}

/** What can be chosen of the pictures that a site shows to anybody; the first value of each is what the server takes by itself. */
export const PICTURES = {
  badge: [
    { name: 'show', values: ['online', 'today', 'week', 'month', 'total', 'views'] },
    { name: 'style', values: ['flat', 'pill', 'retro', 'digits', 'sparkline', 'flags'] },
  ],
  map: [
    { name: 'range', values: ['24h', '5m', '7d', '30d', 'all'] },
    { name: 'style', values: ['dots', 'heat', 'countries'] },
    { name: 'theme', values: ['light', 'dark', 'transparent'] },
  ],
} as const;

export type PictureKind = keyof typeof PICTURES;

/** `chosen`: the value of each parameter. */
export function pictureUrl(origin: string, kind: PictureKind, site: string, chosen: Record<string, string>): string {
  return `${origin}/${kind}/${encodeURIComponent(site)}.svg?${new URLSearchParams(chosen).toString()}`;
}

/** A picture that stands on any page, as wide as there is room. */
export function imageTag(url: string, alt: string): string {
  return `<img src="${escape(url)}" alt="${escape(alt)}" loading="lazy">`;
}

/** A shared dashboard in a frame, as high as most of it; the script makes it as high as all of it. */
export function frameTag(url: string, title: string): string {
  const frame = `<iframe src="${escape(url)}" title="${escape(title)}" width="100%" height="1800" loading="lazy" style="border: 0"></iframe>`;
  return `${frame}\n<script async src="${escape(new URL('/js/embed.host.js', url).href)}"></script>`;
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

/** Where the script tag can be put, in the order that they are offered. */
export const PLACES = ['html', 'wordpress', 'joomla', 'next', 'gtm', 'nginx', 'caddy', 'csp'] as const;

export type Place = (typeof PLACES)[number];

/** Returns what is pasted at a place. The name of a site may be anything that a domain may be, so it is quoted for each language. */
export function snippetFor(place: Place, origin: string, site: string): string {
  const script = `${origin}/js/heatline.js`;
  switch (place) {
    case 'html':
      return scriptTag(origin, site);
    case 'wordpress':
      return `add_action('wp_head', function () { ?>\n  ${scriptTag(origin, site)}\n<?php });`;
    case 'joomla':
      return `<?php $this->getDocument()->addScript(${quote(script)}, [], ['defer' => true, 'data-site' => ${quote(site)}]); ?>`;
    case 'next':
      return `import Script from 'next/script';\n\n<Script src=${JSON.stringify(script)} data-site=${JSON.stringify(site)} strategy="afterInteractive" />`;
    case 'gtm':
      return [
        '<script>',
        '  (function () {',
        "    var script = document.createElement('script');",
        `    script.src = ${quote(script)};`,
        `    script.setAttribute('data-site', ${quote(site)});`,
        '    document.head.appendChild(script);',
        '  })();',
        '</script>',
      ].join('\n');
    case 'nginx':
      return [
        `# ${firstPartyTag(site)}`,
        'location /hl/js/ {',
        `    proxy_pass ${origin}/js/;`,
        '    proxy_ssl_server_name on;',
        '}',
        'location = /hl/beacon {',
        `    proxy_pass ${origin}/api/beacon;`,
        '    proxy_ssl_server_name on;',
        '    proxy_set_header X-Forwarded-For $remote_addr;',
        '}',
      ].join('\n');
    case 'caddy':
      return [
        `# ${firstPartyTag(site)}`,
        'handle_path /hl/js/* {',
        '\trewrite * /js{path}',
        ...upstream(origin),
        '}',
        'handle /hl/beacon {',
        '\trewrite * /api/beacon',
        ...upstream(origin),
        '}',
      ].join('\n');
    case 'csp':
      return `script-src ${origin}; connect-src ${origin}`;
  }
}

/** The tag where the visited site itself passes the script on. */
function firstPartyTag(site: string): string {
  return `<script defer src="/hl/js/heatline.js" data-site="${escape(site)}" data-api="/hl/beacon"></script>`;
}

function upstream(origin: string): string[] {
  return [`\treverse_proxy ${origin} {`, '\t\theader_up Host {upstream_hostport}', '\t}'];
}

/** A text in single quotes, as PHP and JavaScript read it; a closing tag in it would end the script. */
function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('<', '\\x3C')}'`;
}
