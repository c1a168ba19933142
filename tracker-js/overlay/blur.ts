// Owns the Gaussian: three box passes in each direction, whose widths are fractional so that the variance is exact (the server's
// `render::blur`, in the same numbers). It does not know what is blurred.

interface Kernel {
  radius: number;
  /** Weight of the cell behind each end of the box, as a share of the others'. */
  end: number;
  weight: number;
}

/** Makes the box of a variance in cells². (Gwosdek et al., "Theoretical foundations of Gaussian convolution by extended box filtering", 2011.) */
const boxOf = (variance: number): Kernel => {
  const radius = Math.max(Math.floor((Math.sqrt(12 * variance + 1) - 1) / 2), 0);
  const next = radius + 1;
  const end = ((2 * radius + 1) * (radius * next - 3 * variance)) / (6 * (variance - next * next));
  return { radius, end, weight: 1 / (2 * radius + 1 + 2 * end) };
};

/** The sums are double precision: in `f32` a hot spot leaves a residue behind, a faint line to the end of the tile. */
const boxPass = (input: Float64Array, output: Float64Array, length: number, { radius, end, weight }: Kernel): void => {
  let sum = 0;
  for (let at = 0; at <= radius && at < length; at++) sum += input[at]!;
  for (let at = 0; at < length; at++) {
    const entering = at + radius + 1 < length ? input[at + radius + 1]! : 0;
    const left = at > radius ? input[at - radius - 1]! : 0;
    const leaving = at >= radius ? input[at - radius]! : 0;
    output[at] = Math.max((sum + end * (entering + left)) * weight, 0);
    sum += entering - leaving;
  }
};

/** Convolves the grid with a Gaussian of `variance` cells² and multiplies it by `gain`. Outside the grid is nothing. */
export const gaussian = (values: Float32Array, columns: number, variance: number, gain: number): void => {
  const rows = values.length / columns;
  const kernel = boxOf(variance / 3);
  let line = new Float64Array(Math.max(columns, rows));
  let spare = new Float64Array(line.length);

  const blurLine = (start: number, step: number, length: number, factor: number): void => {
    let nothing = true;
    for (let i = 0, at = start; i < length; i++, at += step) {
      line[i] = values[at]! * factor;
      if (line[i]) nothing = false;
    }
    if (nothing) return;
    for (let pass = 0; pass < 3; pass++) {
      boxPass(line, spare, length, kernel);
      [line, spare] = [spare, line];
    }
    for (let i = 0, at = start; i < length; i++, at += step) values[at] = line[i]!;
  };

  for (let row = 0; row < rows; row++) blurLine(row * columns, 1, columns, gain);
  for (let column = 0; column < columns; column++) blurLine(column, columns, rows, 1);
};
