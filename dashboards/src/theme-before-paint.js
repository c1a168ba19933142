// Owns the theme of the very first paint. `lib/theme.svelte.ts` owns it from then on and writes the key; a shared dashboard has it in
// its address.
try {
  const address = location.pathname.startsWith('/share/') ? new URLSearchParams(location.search + '&' + location.hash.slice(1)) : undefined;
  const theme = address?.get('theme') ?? localStorage.getItem('heatline.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch (storageForbidden) {}
