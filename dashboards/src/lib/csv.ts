// Owns how a table is written for a spreadsheet: RFC 4180, and nothing that a spreadsheet would run.

type Cell = string | number | undefined;

export function csv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: Cell): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  // Names of elements come from visitors' browsers; a spreadsheet takes such a beginning for a formula.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
