/** Language id of a text, by its beginning; `plaintext` when nothing is sure. */
export function guessLanguage(text: string): string {
  const start = text.slice(0, 4096).trimStart();
  const shebang = /^#!.*?\b(bash|sh|zsh|python|node|perl|ruby)[\d.]*\b/.exec(start)?.[1];
  if (shebang !== undefined) return shebangs[shebang] ?? 'plaintext';
  if (isJson(text, start)) return 'json';
  if (/^\{".*\}\s*\n\{"/.test(start)) return 'jsonl';
  if (/^<\?xml\b/.test(start)) return 'xml';
  if (/^<!doctype html|^<html\b/i.test(start)) return 'html';
  if (/^(?:diff --git |--- .*\n\+\+\+ )/.test(start)) return 'diff';
  if (/^---\s*\n(?:\s*[-\w"'].*(?::|$))/.test(start)) return 'yaml';
  if (/^(?:PLAY|TASK) \[/m.test(start) || /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(start)) return 'log';
  return 'plaintext';
}

const shebangs: Readonly<Record<string, string>> = {
  bash: 'shellscript',
  sh: 'shellscript',
  zsh: 'shellscript',
  python: 'python',
  node: 'javascript',
  perl: 'perl',
  ruby: 'ruby',
};

/** Parsing megabytes to learn that they are JSON is not worth it. */
const longestParsed = 1024 * 1024;

function isJson(text: string, start: string): boolean {
  if (!/^[[{]/.test(start) || text.length > longestParsed) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
