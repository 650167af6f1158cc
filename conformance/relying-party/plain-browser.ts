import { Browser } from '../foreign-issuers/browser.ts';
import type { TrustingFetch } from '../foreign-issuers/trusting-fetch.ts';

const asked: TrustingFetch = (url, { headers = {}, ...more } = {}) =>
  fetch(url, { ...more, headers: { accept: 'text/html', ...headers }, redirect: 'manual' });

/** A browser without scripts, for addresses without TLS. */
export function plainBrowser(): Browser {
  return new Browser(asked);
}

/** Where an answer sends its browser. */
export function locationOf(answer: Response): URL {
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`${answer.status} leads nowhere`);
  return new URL(location);
}
