import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId } from '../support.ts';

describe('the host of these tests', () => {
  it('has the packed extension in a workspace that nobody has trusted', () => {
    assert.ok(vscode.extensions.getExtension(extensionId));
    assert.equal(vscode.workspace.isTrusted, false);
  });
});
