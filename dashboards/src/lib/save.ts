// Owns handing a file to who looks at the page.

export function saveCsv(name: string, text: string): void {
  // With the mark at its beginning spreadsheets read it as UTF-8.
  const url = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
