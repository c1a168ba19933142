import type { Plugin } from 'vite';

export function worldModule(): Plugin;
