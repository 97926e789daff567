import { describe, expect, it } from 'vitest';
import { actionNames, detectFormat, isReceptorConfig, sectionNames } from '../../../server/src/document/detect.ts';
import { knowledgeOf } from '../../../server/src/schema/knowledge.ts';

describe('detectFormat', () => {
  it('knows the names that the schemas know', () => {
    expect([...actionNames].sort()).toEqual([...knowledgeOf('v1').actions.keys()].sort());
    expect([...sectionNames].sort()).toEqual([...knowledgeOf('v2').actions.keys()].sort());
  });

  it.each([
    ['a list of actions', '---\n# mesh\n- node:\n    id: a\n\n- local-only\n', 'v1'],
    ['one telling action', '- tcp-listener:\n    port: 27199\n', 'v1'],
    ['flow items', '- {node: {id: a}}\n- {tcp-peer: {address: "h:1"}}\n', 'v1'],
    ['an indented list', '  - node:\n      id: a\n  - log-level: info\n', 'v1'],
    ['CRLF and BOM', '\uFEFF- node:\r\n    id: a\r\n- local-only:\r\n', 'v1'],
    ['templated names', '- node:\n    id: {{ id }}\n{% if x %}\n- {{ p }}-listener:\n    port: 1\n{% endif %}\n', 'v1'],
    ['two sections', 'node:\n  id: a\ntcp-listeners:\n  - port: 27199\n', 'v2'],
    ['version and a section', '---\nversion: 2\nlocal-only:\n  local: true\n', 'v2'],
  ])('%s', (_, text, format) => {
    expect(detectFormat(text)).toBe(format);
  });

  it.each([
    ['nothing', ''],
    ['a playbook', '- name: play\n  hosts: all\n  tasks: []\n'],
    ['a compose file', 'version: "3"\nservices:\n  node:\n    image: x\n'],
    ['everyday words', 'version: 2\nnode: x\ntrace: y\n'],
    ['actions below another root', 'nodes:\n  a:\n    - tcp-listener: {}\n'],
    ['one section among many', 'node: {}\nname: x\nother: y\n'],
    ['prose', 'node and tcp-listener are words\n'],
  ])('leaves %s alone', (_, text) => {
    expect(isReceptorConfig(text)).toBe(false);
  });

  it('believes the name of a file where the text alone is in doubt', () => {
    expect(detectFormat('- node: {}\n')).toBeUndefined();
    expect(detectFormat('- node: {}\n', '/etc/receptor/receptor.conf')).toBe('v1');
    expect(detectFormat('node: {}\n', 'file:///x/receptor-hop.yml')).toBe('v2');
    expect(detectFormat('- hosts: all\n', '/etc/receptor/receptor.conf')).toBeUndefined();
  });
});
