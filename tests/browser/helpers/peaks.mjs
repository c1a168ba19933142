// Owns the reading of heat map pictures: where the heat has its summits. It does not know where they should be.

/**
 * Returns the local maxima of alpha, as `{x, y, alpha}`: each is the middle of a plateau, for alpha has only 256 steps, that has
 * nothing higher around it. Coordinates are those of pixel corners, as in CSS.
 */
export function peaksOf({ width, height, data }) {
  const alphaAt = (x, y) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : data[4 * (y * width + x) + 3]);
  const seen = new Uint8Array(width * height);
  const peaks = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const alpha = alphaAt(x, y);
      if (alpha === 0 || seen[y * width + x]) continue;
      const plateau = plateauAround(x, y, alpha);
      if (plateau) peaks.push({ ...plateau, alpha });
    }
  }
  return peaks;

  /** Returns the middle of the pixels of one alpha that hang together; nothing if any of their neighbours is higher. */
  function plateauAround(startX, startY, alpha) {
    const open = [[startX, startY]];
    seen[startY * width + startX] = 1;
    let [sumX, sumY, count, isTop] = [0, 0, 0, true];
    while (open.length) {
      const [x, y] = open.pop();
      sumX += x + 0.5;
      sumY += y + 0.5;
      count += 1;
      for (let nextY = y - 1; nextY <= y + 1; nextY++) {
        for (let nextX = x - 1; nextX <= x + 1; nextX++) {
          const next = alphaAt(nextX, nextY);
          if (next > alpha) isTop = false;
          if (next !== alpha || seen[nextY * width + nextX]) continue;
          seen[nextY * width + nextX] = 1;
          open.push([nextX, nextY]);
        }
      }
    }
    return isTop && { x: sumX / count, y: sumY / count };
  }
}
