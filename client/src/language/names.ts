/** Which files are receptor configs by their names. The manifest gives the same patterns language id `yaml`; a test compares. */

/** Endings of templates (Jinja and others) that become a config. */
const templateEndings = ['', '.j2', '.tpl', '.template'];

/** As `contributes.languages[].filenamePatterns` in the manifest. */
export const namePatterns: readonly string[] = ['receptor*.conf', '*-receptor.conf', '*.receptor.yml', '*.receptor.yaml'].flatMap((name) =>
  templateEndings.map((ending) => name + ending),
);

const expressions = namePatterns.map((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 'i'));

/** True when the file is a template by its name, which no daemon can be started with. */
export const isTemplateName = (path: string): boolean => templateEndings.some((ending) => ending !== '' && path.endsWith(ending));

/** True when the file is a receptor config by its name alone, whatever it holds. */
export function isReceptorName(path: string): boolean {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return expressions.some((expression) => expression.test(name));
}
