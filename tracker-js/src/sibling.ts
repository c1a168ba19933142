// Owns the loading of the scripts that only some views need: the heat-map module asks for them. What they do is theirs.

const { src } = document.currentScript as HTMLScriptElement;

/** Runs `run` when the sibling has run, which it does once. Where it is blocked, nothing happens. */
export const withSibling = (name: string, run?: () => unknown): unknown =>
  import(src.slice(0, -'heatmap.js'.length) + name + '.js').then(run).catch(() => {});
