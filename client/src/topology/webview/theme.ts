/** The theme's colours as a canvas wants them. VS Code gives them as variables of the root element, and may change them at any time. */
import type { Colours } from './symbols.ts';

export interface Theme {
  readonly colours: Colours;
  readonly fontFamily: string;
}

export function readTheme(): Theme {
  const root = getComputedStyle(document.documentElement);
  const dark = !document.body.matches('.vscode-light, .vscode-high-contrast-light');
  const highContrast = document.body.matches('.vscode-high-contrast, .vscode-high-contrast-light');
  const plain = dark ? '#cccccc' : '#333333';
  const read = (fallback: string, ...names: string[]): string => {
    for (const name of names) {
      const value = root.getPropertyValue(`--vscode-${name}`).trim();
      const colour = value === '' ? undefined : normalise(value);
      if (colour !== undefined) return colour;
    }
    return fallback;
  };
  const text = read(plain, 'editor-foreground', 'foreground');
  const background = read(dark ? '#1f1f1f' : '#ffffff', 'editor-background');
  const link = read('#808080', 'descriptionForeground', 'charts-lines');
  const colours: Colours = highContrast
    ? {
        background: read(dark ? '#000000' : '#ffffff', 'editor-background'),
        text,
        muted: text,
        self: read(text, 'contrastActiveBorder', 'focusBorder'),
        direct: text,
        reachable: text,
        trouble: read(text, 'editorError-foreground', 'charts-red'),
        warning: read(text, 'editorWarning-foreground', 'charts-yellow'),
        link: text,
        faint: read(text, 'descriptionForeground'),
        route: read(text, 'contrastActiveBorder', 'focusBorder'),
        trace: read(text, 'charts-purple', 'contrastBorder'),
        selection: read(text, 'contrastActiveBorder', 'focusBorder'),
        focus: read(text, 'focusBorder', 'contrastActiveBorder'),
        highContrast,
      }
    : {
        background,
        text,
        muted: read('#808080', 'disabledForeground', 'descriptionForeground'),
        self: read('#3794ff', 'charts-blue'),
        direct: read('#388a34', 'charts-green'),
        reachable: read('#388a34', 'charts-green'),
        trouble: read('#f14c4c', 'charts-red', 'editorError-foreground'),
        warning: read('#cca700', 'charts-yellow', 'editorWarning-foreground'),
        link,
        faint: mix(link, background),
        route: read('#3794ff', 'charts-blue', 'focusBorder'),
        trace: read('#b180d7', 'charts-purple'),
        selection: read(text, 'focusBorder'),
        focus: read(text, 'focusBorder'),
        highContrast,
      };
  return { colours, fontFamily: root.getPropertyValue('--vscode-font-family').trim() || 'sans-serif' };
}

/** Halfway between two colours, when both are opaque; the first one otherwise. */
function mix(colour: string, other: string): string {
  const parts = [colour, other].map((hex) =>
    /^#(..)(..)(..)$/
      .exec(hex)
      ?.slice(1)
      .map((part) => Number.parseInt(part, 16)),
  );
  const [from, to] = parts;
  if (from === undefined || to === undefined) return colour;
  return `#${from
    .map((value, i) =>
      Math.round(value * 0.45 + to[i]! * 0.55)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** Calls back when the theme changed. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  for (const query of ['(forced-colors: active)', '(prefers-contrast: more)']) matchMedia(query).addEventListener('change', changed);
}

/** Motion tells nothing here that the end of it does not. */
export const reducedMotion = (): boolean =>
  document.body.matches('.vscode-reduce-motion') || matchMedia('(prefers-reduced-motion: reduce)').matches;

const probe = document.createElement('canvas').getContext('2d');

/** Any CSS colour as #rrggbb or rgba(), so that an exported picture needs no style sheet; undefined when it is none. */
function normalise(colour: string): string | undefined {
  if (probe === null) return undefined;
  probe.fillStyle = '#010203';
  probe.fillStyle = colour;
  const first = probe.fillStyle;
  probe.fillStyle = '#040506';
  probe.fillStyle = colour;
  return probe.fillStyle === first ? first : undefined;
}
