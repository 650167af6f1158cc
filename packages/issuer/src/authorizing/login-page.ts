import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 22rem; margin: 4rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; }
label { display: block; margin-top: 1rem; }
input, button { font: inherit; box-sizing: border-box; width: 100%; padding: .5rem .75rem; border-radius: .4rem; border: 1px solid color-mix(in srgb, currentColor 35%, transparent); }
button { margin-top: 1.5rem; cursor: pointer; }
[role=alert] { border-left: .25rem solid; padding-left: .75rem; }
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

export type Page = { readonly html: string; readonly policy: string };

/** The page that asks for name and password. Scripts, pictures and fonts it has none. */
export function loginPage(form: {
  readonly application: string;
  /** Where the form goes. */
  readonly action: string;
  readonly request: string;
  /** Where its answer sends the browser: a policy that names only the form's own address stops that (CSP 3, `form-action`). */
  readonly redirectUri: string;
  /** What went wrong the last time; null at first. Ours, and repeats nothing that was typed. */
  readonly problem: string | null;
}): Page {
  const problem = form.problem === null ? '' : `<p role="alert">${escapeHtml(form.problem)}</p>\n`;
  return page(
    'Log in',
    `<h1>Log in</h1>
<p>to go on to ${escapeHtml(form.application)}</p>
${problem}<form method="post" action="${escapeHtml(form.action)}">
<input type="hidden" name="request" value="${escapeHtml(form.request)}">
<label>User name<input name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required></label>
<button>Log in</button>
</form>`,
    `'self' ${sourceOf(form.redirectUri)}`,
  );
}

/** Something to be read, and nothing to be done. */
export function messagePage(title: string, sentence: string): Page {
  return page(title, `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(sentence)}</p>`, "'none'");
}

function page(title: string, body: string, formAction: string): Page {
  return {
    html: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)} – Stagedoor</title><style>${STYLE}</style></head>
<body>
${body}
</body>
</html>
`,
    policy: `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action ${formAction}; frame-ancestors 'none'`,
  };
}

/** An app's own scheme has no origin, and a policy has no words for an IPv6 address (CSP 3, `host-part`): of such a one it names the port. */
function sourceOf(uri: string): string {
  const { origin, protocol, hostname, port } = new URL(uri);
  if (origin === 'null') return protocol;
  return hostname.startsWith('[') ? `${protocol}//*${port === '' ? '' : `:${port}`}` : origin;
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
