// Owns path patterns: what fits one, and which ones are worth offering for a list of pages.

import type { HeatmapPage } from './api-types';

/** So many pages under one path are a family, as products are. */
const FAMILY = 4;
const OFFERED = 3;

export function isPattern(text: string): boolean {
  return text.startsWith('/') && text.includes('*');
}

/** Tells whether a path fits: `*` stands for anything but a slash, `**` for anything. As the server has it. */
export function fits(pattern: string, path: string): boolean {
  const parts = pattern.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 'su').test(path);
}

export interface Family {
  pattern: string;
  pages: number;
}

/** Finds paths that many pages hang from: `/product/*`. The largest first. */
export function families(pages: readonly Pick<HeatmapPage, 'path'>[]): Family[] {
  const counts = new Map<string, number>();
  for (const { path } of pages) {
    const parent = /^(\/.+\/)[^/]+\/?$/.exec(path)?.[1];
    if (parent !== undefined && !parent.includes('*')) counts.set(parent, (counts.get(parent) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count >= FAMILY)
    .sort((a, b) => b[1] - a[1])
    .slice(0, OFFERED)
    .map(([parent, count]) => ({ pattern: `${parent}*`, pages: count }));
}
