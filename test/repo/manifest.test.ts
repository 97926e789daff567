// What the manifest promises: where the extension runs, what it may do in a workspace that nobody trusts.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isReceptorName, namePatterns } from '../../client/src/language/names.ts';
import { root } from '../harness/paths.ts';

interface Manifest {
  name: string;
  displayName: string;
  license: string;
  type?: string;
  main: string;
  icon: string;
  engines: { vscode: string; node: string };
  extensionKind: string[];
  activationEvents: string[];
  scripts: Record<string, string>;
  devDependencies: Record<string, string>;
  dependencies?: Record<string, string>;
  capabilities: {
    untrustedWorkspaces: { supported: unknown; description: string; restrictedConfigurations: string[] };
    virtualWorkspaces: { supported: unknown; description: string };
  };
  contributes: {
    commands: { command: string; title: string; category?: string }[];
    configuration: { properties: Record<string, unknown> } | { properties: Record<string, unknown> }[];
    languages: { id: string; filenames?: string[]; filenamePatterns?: string[] }[];
    views: Record<string, { id: string; name: string; icon?: string }[]>;
    viewsContainers: { activitybar: { id: string; title: string; icon: string }[] };
    menus?: Record<string, { command?: string; when?: string }[]>;
    keybindings: { command: string; when: string }[];
  };
}

const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
const settings = [manifest.contributes.configuration].flat().flatMap(({ properties }) => Object.keys(properties));

describe('package.json', () => {
  test('names the extension and what it runs on', () => {
    expect(manifest).toMatchObject({
      name: 'receptor-mesh',
      displayName: 'Receptor Mesh',
      license: 'Apache-2.0',
      main: './dist/extension.js',
    });
    expect(manifest.type).toBeUndefined();
    expect(manifest.engines.vscode).toBe('^1.100.0');
    expect(manifest.dependencies).toBeUndefined(); // everything is bundled
  });

  test('compiles against the oldest VS Code that it allows', () => {
    expect(`^${manifest.devDependencies['@types/vscode']}`).toBe(manifest.engines.vscode);
  });

  test('pins its tools', () => {
    expect(Object.entries(manifest.devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test('runs where the sockets are', () => {
    expect(manifest.extensionKind).toEqual(['workspace']);
  });

  test('does without what needs trust in a workspace that has none', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    expect(untrustedWorkspaces.supported).toBe('limited');
    expect(virtualWorkspaces.supported).toBe('limited');
    expect(untrustedWorkspaces.restrictedConfigurations).toEqual(expect.arrayContaining(['receptor.connections']));
    expect(untrustedWorkspaces.restrictedConfigurations.filter((name) => !settings.includes(name))).toEqual([]);
    // A workspace must not choose which program is run.
    const programs = settings.filter((name) => /path|binary/i.test(name));
    expect(programs.filter((name) => !untrustedWorkspaces.restrictedConfigurations.includes(name))).toEqual([]);
  });

  test('keeps its settings and commands under receptor.', () => {
    const names = [...settings, ...manifest.contributes.commands.map(({ command }) => command)];
    expect(names.filter((name) => !name.startsWith('receptor.'))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  test('has the Mesh view and the Connect command', () => {
    expect(manifest.contributes.viewsContainers.activitybar.map(({ id }) => id)).toEqual(['receptor']);
    expect(manifest.contributes.views['receptor']).toContainEqual(expect.objectContaining({ id: 'receptor.mesh', name: 'Mesh' }));
    const connect = manifest.contributes.commands.find(({ command }) => command === 'receptor.connect');
    expect(connect && [connect.category, connect.title].filter(Boolean).join(': ')).toBe('Receptor: Connect');
  });

  test('puts only commands that exist into menus', () => {
    const known = new Set(manifest.contributes.commands.map(({ command }) => command));
    const inMenus = Object.values(manifest.contributes.menus ?? {}).flatMap((items) =>
      items.flatMap(({ command }) => (command === undefined ? [] : [command])),
    );
    expect(inMenus.filter((command) => !known.has(command))).toEqual([]);
  });

  test('offers files for submission in remote windows too, whose menus know them by another scheme', () => {
    const items = manifest.contributes.menus?.['explorer/context'] ?? [];
    const submit = items.find(({ command }) => command === 'receptor.work.submitFile')?.when;
    const schemes = new RegExp(/resourceScheme =~ \/(\S+)\/ /.exec(submit ?? '')?.[1] ?? 'none');
    expect(['file', 'vscode-remote', 'vscode-vfs', 'vscode-local'].filter((scheme) => schemes.test(scheme))).toEqual([
      'file',
      'vscode-remote',
    ]);
  });

  test('takes no key from where VS Code has it for something else: work would be run unasked', () => {
    const [again, ...more] = manifest.contributes.keybindings;
    expect(more).toEqual([]);
    // Replace All in the find widget, Insert at Cursor in a chat, Execute Cell in a notebook on Windows: Ctrl+Alt+Enter.
    for (const key of ['findWidgetVisible', 'inChat', 'notebookEditorFocused']) expect(again?.when).toContain(`!${key} `);
  });

  test('gives receptor files the language yaml, which VS Code would call properties', () => {
    const yaml = manifest.contributes.languages.find(({ id }) => id === 'yaml')!;
    expect(yaml.filenamePatterns?.toSorted()).toEqual(namePatterns.toSorted());
    const names = [...(yaml.filenames ?? []), ...(yaml.filenamePatterns ?? [])].map((pattern) => pattern.replaceAll('*', 'x'));
    expect(names).toContain('receptor.conf');
    expect(names.filter((name) => !isReceptorName(`/etc/${name}`))).toEqual([]);
  });

  test('names files and scripts that exist', () => {
    const icons = [manifest.icon, ...manifest.contributes.viewsContainers.activitybar.map(({ icon }) => icon)];
    const scripts = Object.values(manifest.scripts).flatMap((script) => script.match(/\b(?:test|build)[\w/.]*\.(?:ts|mjs)\b/g) ?? []);
    expect([...icons, ...scripts].filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });
});

describe('.gitattributes', () => {
  test('keeps the ends of lines where Git would change them', () => {
    expect(readFileSync(path.join(root, '.gitattributes'), 'utf8')).toMatch(/^\* text=auto eol=lf$/m);
  });
});

describe('package-lock.json', () => {
  test('names no registry', () => {
    for (const folder of ['.', 'test/harness/vscode-host/latest', 'test/harness/vscode-host/min']) {
      expect(readFileSync(path.join(root, folder, 'package-lock.json'), 'utf8')).not.toMatch(
        /https?:\/\/(?!(?:github\.com|opencollective\.com|\S*(?:sponsor|funding|patreon|tidelift|ko-fi|paypal))\S*)\S+\.tgz/,
      );
    }
  });
});
