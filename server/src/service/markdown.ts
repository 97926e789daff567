/** Text from a file or from the mesh is hostile: it becomes Markdown only through these. */

/** Shows `text` literally. Line breaks become spaces; very long text is cut. */
export function escapeMarkdown(text: string, limit = 200): string {
  const line = text.replaceAll(/\s+/g, ' ');
  const cut = line.length > limit ? `${line.slice(0, limit)}…` : line;
  return cut.replaceAll(/[\\`*_{}[\]()#+\-.!|<>~$&:]/g, (c) => `\\${c}`);
}

/** Shows `text` as code; backticks in it do not end it. */
export function code(text: string, limit = 200): string {
  const line = text.replaceAll(/\s+/g, ' ');
  const cut = line.length > limit ? `${line.slice(0, limit)}…` : line;
  if (cut === '') return '``` ```';
  let fence = '`';
  while (cut.includes(fence)) fence += '`';
  return fence.length === 1 && !cut.startsWith(' ') ? `\`${cut}\`` : `${fence} ${cut} ${fence}`;
}

export const yamlBlock = (text: string): string => `\`\`\`yaml\n${text}\n\`\`\``;
