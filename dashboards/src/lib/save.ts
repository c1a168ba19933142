// Owns handing a file to the browser's downloads.

export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

export function saveCsv(name: string, text: string): void {
  // With the mark at its beginning spreadsheets read it as UTF-8.
  save(new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' }), name);
}
