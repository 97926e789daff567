const shape =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt](\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?(?:Z|[+-](\d\d):(\d\d))| +(\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?)?$/;

const daysIn = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
};

/**
 * True for what Go's YAML libraries take as a point in time: a date, alone, or with `T`, a time and a zone, or with
 * blanks and a time without zone. Months, days and times may have one digit.
 */
export function isTimestamp(text: string): boolean {
  // Cheap refusal first: this is asked for every number.
  if (text.length < 8 || text.charCodeAt(4) !== 45) return false;
  const match = shape.exec(text);
  if (match === null) return false;
  const at = (group: number, otherwise?: number): number => Number(match[group] ?? (otherwise === undefined ? 0 : match[otherwise]) ?? 0);
  const month = at(2);
  const day = at(3);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(at(1), month)) return false;
  return at(4, 9) < 24 && at(5, 10) < 60 && at(6, 11) < 60 && at(7) <= 24 && at(8) <= 60;
}
