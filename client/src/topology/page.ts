/** The webview's page. Static: everything that comes from a mesh is set as text by the script. */

export interface PageParts {
  /** Of the one script that may run. */
  readonly nonce: string;
  /** Where the style sheet may come from, as a CSP source. */
  readonly styleSource: string;
  readonly scriptUri: string;
  readonly styleUri: string;
}

/** No inline style or script, no eval, nothing from elsewhere: not even images, since the picture is drawn. */
export const contentSecurityPolicy = ({ nonce, styleSource }: Pick<PageParts, 'nonce' | 'styleSource'>): string =>
  `default-src 'none'; style-src ${styleSource}; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;

export function topologyPage(parts: PageParts): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(parts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${parts.styleUri}">
<title>Topology</title>
</head>
<body data-view="receptor-topology">
<header>
<input id="search" type="search" placeholder="Search nodes, services, work types" aria-label="Search nodes, services and work types" aria-describedby="matches" autocomplete="off" spellcheck="false">
<span id="matches" role="status"></span>
<span class="group" role="group" aria-label="Layout">
<button id="force" aria-pressed="true" title="Linked nodes lie close together">Force</button>
<button id="layered" aria-pressed="false" title="Rows by the number of hops from the answering node">Layers</button>
<button id="arrange" title="Lay out every node again">Arrange</button>
</span>
<span class="group" role="group" aria-label="Zoom">
<button id="zoom-out" aria-label="Zoom out" title="Zoom out (-)">−</button>
<button id="zoom-in" aria-label="Zoom in" title="Zoom in (+)">+</button>
<button id="fit" title="Show the whole mesh (0)">Fit</button>
</span>
<span class="group" role="group" aria-label="Export">
<button id="svg" aria-label="Export as SVG">SVG</button>
<button id="png" aria-label="Export as PNG">PNG</button>
</span>
<span class="group" role="group" aria-label="Panes">
<button id="list" aria-pressed="false" title="The same mesh as a list">List</button>
<button id="help" aria-pressed="false" title="What the shapes mean, and the keys">Legend</button>
</span>
</header>
<main>
<section id="outline" aria-label="Nodes as a list"><ul id="tree" role="tree" aria-label="Nodes"></ul></section>
<div id="graph" role="application" aria-roledescription="graph" aria-label="Mesh graph" aria-describedby="keys" tabindex="0"><canvas id="canvas" aria-hidden="true"></canvas></div>
<p id="keys" class="unseen">Arrow keys go to the neighbouring node, Page Up and Page Down through all nodes, Home to this node, which answers, End to the last one. Enter selects, Escape takes it back. Slash searches, plus and minus zoom, 0 shows everything.</p>
<p id="empty" hidden></p>
<aside id="side" aria-label="Selected node" hidden></aside>
<aside id="legend" aria-label="Legend" hidden></aside>
</main>
<footer><span id="counts"></span><span id="status" role="status"></span><span id="age"></span></footer>
<div id="live" class="unseen" aria-live="polite"></div>
<script nonce="${parts.nonce}" src="${parts.scriptUri}"></script>
</body>
</html>
`;
}
