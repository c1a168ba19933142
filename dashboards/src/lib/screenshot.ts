// Owns what can be a page's screenshot, and the command that takes one.

import type { Site } from './api-types';

export const TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const;
export const LARGEST_BYTES = 10 * 1024 * 1024;

export type Refusal = 'type' | 'size';

/** Tells what the server would not take, before it is sent. */
export function refusal(file: Pick<File, 'type' | 'size'>): Refusal | undefined {
  if (!(TYPES as readonly string[]).includes(file.type)) return 'type';
  return file.size > LARGEST_BYTES ? 'size' : undefined;
}

/** Returns the command that takes a page's picture at a width and uploads it. */
export function captureCommand(site: Pick<Site, 'domain' | 'settings'>, path: string, width: number): string {
  const hostname = site.settings.hostnames.find((name) => !name.includes('*')) ?? site.domain;
  return `heatline capture ${quoted(`https://${hostname}${path}`)} --width ${width} --upload`;
}

/** For a POSIX shell; a plain address stays as it is. */
function quoted(text: string): string {
  return /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
