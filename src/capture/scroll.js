// Runs in the page: goes down it screen by screen, so that what is loaded late is loaded, and back to its top. Ends by itself.
(async () => {
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const upTo = (ms, promise) => Promise.race([promise, pause(ms)]);
  const page = document.scrollingElement ?? document.documentElement;
  const goTo = (top) => window.scrollTo({ top, behavior: 'instant' });
  const isLoaded = (image) =>
    image.complete ||
    new Promise((resolve) => {
      image.addEventListener('load', resolve);
      image.addEventListener('error', resolve);
    });

  await upTo(5_000, document.fonts.ready);
  const deadline = performance.now() + 20_000;
  for (let top = 0; top < Math.min(page.scrollHeight, MOST_HEIGHT) && performance.now() < deadline; top += innerHeight) {
    goTo(top);
    await pause(100);
  }
  await upTo(5_000, Promise.all([...document.images].map(isLoaded)));
  goTo(0);
  await upTo(5_000, document.fonts.ready);
  await upTo(1_000, new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
})();
