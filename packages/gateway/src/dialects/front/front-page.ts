export type FrontPage = {
  readonly profile: string;
  readonly method: string;
  readonly clusterId: string;
  readonly rest: string;
  readonly issuer: string | null;
  readonly management: string;
  readonly version: string;
  /** Commands to try, as they are typed. */
  readonly commands: readonly { readonly about: string; readonly command: string }[];
};

export const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 3rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; }
dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; }
pre { padding: .75rem 1rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .4rem; overflow-x: auto; }
`;

/** One small page without scripts, pictures or fonts from elsewhere. */
export function writeFrontPage(page: FrontPage): string {
  const facts: readonly (readonly [string, string | null])[] = [
    ['Profile', page.profile],
    ['Authentication', page.method],
    ['REST', page.rest],
    ['Token issuer', page.issuer],
    ['Health and metrics', `${page.management}/actuator/health`],
    ['Cluster', page.clusterId],
  ];
  const rows = facts
    .map(([name, value]) => (value === null ? '' : `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`))
    .join('\n');
  const commands = page.commands
    .map(({ about, command }) => `<p>${escapeHtml(about)}</p>\n<pre><code>${escapeHtml(command)}</code></pre>`)
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Stagedoor</title><style>${STYLE}</style></head>
<body>
<h1>Stagedoor ${escapeHtml(page.version)}</h1>
<p>The door to Camunda 8's APIs is open.</p>
<dl>
${rows}
</dl>
<h2>Try it</h2>
${commands}
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
