import { escapeHtml, htmlPage } from '../../answering/html.ts';

type Link = { readonly name: string; readonly address: string };

/** Several providers, and nobody but the person knows which is his. */
export function choicePage(links: readonly Link[]): string {
  const items = links.map(({ name, address }) => `<li>${linkTo({ name, address })}</li>`).join('\n');
  return htmlPage('Log in – Stagedoor', `<h1>Log in</h1>\n<p>Where do you have an account?</p>\n<ul>\n${items}\n</ul>`);
}

/** What went wrong, and the way to begin again. */
export function loginProblemPage(sentence: string, again: string): string {
  const link = linkTo({ name: 'Begin again', address: again });
  return htmlPage(
    'Log in – Stagedoor',
    `<h1>You are not logged in</h1>\n<p>${escapeHtml(sentence)}</p>\n<p>${link}</p>`,
  );
}

/** A form that is older than the session ends nothing. */
export function logoutProblemPage(home: string): string {
  const link = linkTo({ name: 'Go on', address: home });
  const sentence = 'This page was of another session. The log-out of the page that is shown now works.';
  return htmlPage('Log out – Stagedoor', `<h1>You are still logged in</h1>\n<p>${sentence}</p>\n<p>${link}</p>`);
}

function linkTo({ name, address }: Link): string {
  return `<a href="${escapeHtml(address)}">${escapeHtml(name)}</a>`;
}
