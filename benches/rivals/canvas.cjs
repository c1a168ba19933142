// Owns a run of heatmap.js or simpleheat on a Node canvas: points from a file to the bytes of a PNG, timed once they are in memory
// in the form that the library wants. Prints one line of JSON. Does not judge what comes out.
'use strict';

const fs = require('node:fs');
const { createCanvas } = require('@napi-rs/canvas');

const [, , library, file, rounds] = process.argv;
const WIDTH = 1280;
const HEIGHT = 8000;
// A spot of so many pixels, all told: where a Gaussian of 12 px has all but faded.
const RADIUS = 34;

// What both libraries want of a browser.
const element = () => Object.assign(createCanvas(WIDTH, HEIGHT), { style: {} });
globalThis.document = { createElement: element };
globalThis.getComputedStyle = () => ({ width: `${WIDTH}px`, height: `${HEIGHT}px` });

const raw = fs.readFileSync(file);
const floats = new Float32Array(raw.buffer, raw.byteOffset, raw.length / 4);
const count = floats.length / 2;
// What counts as full: a few hundred targets share most of the clicks.
const full = Math.max(1, count / 1000);

const libraries = {
  'heatmap.js': () => {
    const h337 = require('heatmap.js');
    const data = [];
    for (let i = 0; i < count; i++) {
      data.push({ x: Math.round(floats[2 * i]), y: Math.round(floats[2 * i + 1]), value: 1 });
    }
    return () => {
      const canvas = element();
      const container = { style: {}, appendChild() {} };
      const map = h337.create({ container, canvas, width: WIDTH, height: HEIGHT, radius: RADIUS });
      map.setData({ min: 0, max: full, data });
      return canvas.toBuffer('image/png');
    };
  },
  simpleheat: () => {
    const simpleheat = require('simpleheat');
    const data = [];
    for (let i = 0; i < count; i++) {
      data.push([floats[2 * i], floats[2 * i + 1], 1]);
    }
    return () => {
      const canvas = element();
      simpleheat(canvas).data(data).max(full).radius(RADIUS - 22, 22).draw();
      return canvas.toBuffer('image/png');
    };
  },
};

const draw = libraries[library]();
let best = Infinity;
let png;
const began = performance.now();
for (let round = 0; round < Number(rounds); round++) {
  const start = performance.now();
  png = draw();
  best = Math.min(best, performance.now() - start);
  // The slow ones are measured once.
  if (performance.now() - began > 3000) break;
}
fs.writeFileSync(file.replace(/\.f32$/, `-${library}.png`), png);
console.log(JSON.stringify({ ms: best, bytes: png.length, peak_mib: process.resourceUsage().maxRSS / 1024 }));
