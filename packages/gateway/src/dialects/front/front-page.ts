import { escapeHtml, htmlPage } from '../../answering/html.ts';
import { CSRF_FIELD } from '../../sessions/cookies.ts';

export type FrontPage = {
  readonly profile: string;
  readonly method: string;
  readonly clusterId: string;
  readonly rest: string;
  readonly issuer: string | null;
  readonly management: string;
  /** Where people log in, absolute; null where they do not do so with a page. They log out beside it. */
  readonly login: string | null;
  readonly version: string;
  /** Commands to try, as they are typed. */
  readonly commands: readonly { readonly about: string; readonly command: string }[];
};

/** Whose session the page is shown in. */
export type Visitor = { readonly username: string; readonly csrfToken: string };

/** One small page without scripts, pictures or fonts from elsewhere. */
export function writeFrontPage(page: FrontPage, visitor: Visitor | null): string {
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

function whoIsThere({ login }: FrontPage, visitor: Visitor | null): string {
  if (visitor === null) return login === null ? '' : `<p><a href="${escapeHtml(login)}">Log in</a></p>\n`;
  const whose = `<p>You are logged in as ${escapeHtml(visitor.username)}.</p>\n`;
  return login === null ? whose : `${whose}${logoutForm(login, visitor)}\n`;
}

/** By its path alone: the session is of the name by which the browser came, whatever the others are. */
function logoutForm(login: string, { csrfToken }: Visitor): string {
  const action = escapeHtml(new URL('logout', login).pathname);
  const token = `<input type="hidden" name="${CSRF_FIELD}" value="${escapeHtml(csrfToken)}">`;
  return `<form method="post" action="${action}">${token}<button>Log out</button></form>`;
}
