import { escapeHtml, htmlPage } from '../../answering/html.ts';

export type FrontPage = {
  readonly profile: string;
  readonly method: string;
  readonly clusterId: string;
  readonly rest: string;
  readonly issuer: string | null;
  readonly management: string;
  /** Where people log in; null where they do not do so with a page. */
  readonly login: string | null;
  readonly version: string;
  /** Commands to try, as they are typed. */
  readonly commands: readonly { readonly about: string; readonly command: string }[];
};

/** One small page without scripts, pictures or fonts from elsewhere. `visitor` is whose session it is shown in. */
export function writeFrontPage(page: FrontPage, visitor: string | null): string {
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
  return htmlPage(
    'Stagedoor',
    `<h1>Stagedoor ${escapeHtml(page.version)}</h1>
<p>The door to Camunda 8's APIs is open.</p>
${whoIsThere(page, visitor)}<dl>
${rows}
</dl>
<h2>Try it</h2>
${commands}`,
  );
}

function whoIsThere({ login }: FrontPage, visitor: string | null): string {
  if (visitor !== null) return `<p>You are logged in as ${escapeHtml(visitor)}.</p>\n`;
  return login === null ? '' : `<p><a href="${escapeHtml(login)}">Log in</a></p>\n`;
}
