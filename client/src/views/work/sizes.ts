/** Bytes as people read them: `812 B`, `1.4 KiB`, `64 MiB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} ${units[unit]!}`;
}

const units = ['KiB', 'MiB', 'GiB', 'TiB'];
