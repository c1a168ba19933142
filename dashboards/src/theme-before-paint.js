// Owns the theme of the very first paint. `lib/theme.svelte.ts` owns it from then on and writes the key.
try {
  const theme = localStorage.getItem('heatline.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch (storageForbidden) {}
