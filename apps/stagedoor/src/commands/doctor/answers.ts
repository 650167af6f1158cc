import type { Api } from '@stagedoor/client';
import { OperatorError } from '../../operator-error.ts';
import { type ApiAnswer, type ApiCall, callApi, memberOf, textMember } from '../calling/call-api.ts';
import { principalIn } from '../calling/who-am-i.ts';
import { type Note, type Said, Wrong } from './finding.ts';
import { networkTrouble } from './network-trouble.ts';
import type { Patient } from './patient.ts';

const TELLING_SKEW = 30_000;

/** Who the caller is to the cluster: the first call that shows credentials to it. */
export async function askForPrincipal({ credentials }: Patient): Promise<Said> {
  const answer = await ask(credentials, 'orchestration', { method: 'GET', path: '/v2/authentication/me' });
  const notes = skewNotes(answer);
  if (answer.status === 404) return { says: ['clusters tell who calls since 8.8'], skipped: true, notes };
  refuseUnlessGood(answer, credentials);
  return { says: principalIn(answer.body).map(([name, value]) => `${name}: ${value}`), notes };
}

function skewNotes({ skew = 0 }: ApiAnswer): readonly Note[] {
  if (Math.abs(skew) < TELLING_SKEW) return [];
  const how = skew > 0 ? 'ahead of' : 'behind';
  return [
    {
      says: `the clock of the cluster is ${Math.round(Math.abs(skew) / 1_000)} s ${how} this machine’s`,
      fix: 'Set both clocks by NTP: tokens are refused when clocks disagree by more than a minute.',
    },
  ];
}

/** What the caller may do, by himself and by what he is a member of. */
export async function askForAuthorizations({ credentials }: Patient): Promise<Said> {
  if (credentials.method === 'none') return { says: ['calls go without credentials'], skipped: true };
  const body = { page: { limit: 100 } };
  const path = '/v2/authentication/me/authorizations/search';
  const answer = await ask(credentials, 'orchestration', { method: 'POST', path, body });
  if ([404, 405].includes(answer.status))
    return { says: ['clusters tell a caller’s own authorizations since 8.10'], skipped: true };
  refuseUnlessGood(answer, credentials);
  const found = memberOf(answer.body, 'items');
  const grants = Array.isArray(found) ? found : [];
  if (grants.length > 0) return { says: grantsInWords(grants) };
  return {
    says: [],
    notes: [
      {
        says: 'the caller has no authorizations: where they are checked, searches come back empty and most calls are refused',
        fix: 'Have an administrator grant what is needed: stagedoor grant add --owner client:ID --resource TYPE --permission P.',
      },
    ],
  };
}

function grantsInWords(grants: readonly unknown[]): readonly string[] {
  const byType = new Map<string, Set<string>>();
  for (const grant of grants) {
    const type = textMember(grant, 'resourceType') ?? '?';
    const permissions = memberOf(grant, 'permissionTypes');
    const all = byType.get(type) ?? new Set();
    for (const permission of Array.isArray(permissions) ? permissions : []) all.add(String(permission));
    byType.set(type, all);
  }
  return [...byType].map(([type, permissions]) => `${type}: ${[...permissions].sort().join(', ')}`);
}

/** One harmless call per API, the first that is there. */
const CALLS: Readonly<Record<Api, readonly ApiCall[]>> = {
  orchestration: [{ method: 'GET', path: '/v2/topology' }],
  zeebe: [
    { method: 'GET', path: '/v1/topology' },
    { method: 'GET', path: '/v2/topology' },
  ],
  operate: [{ method: 'POST', path: '/v1/process-definitions/search', body: { size: 1 } }],
  // Self-managed, and SaaS.
  administration: [
    { method: 'GET', path: '/admin-api/clusters' },
    { method: 'GET', path: '/clusters' },
  ],
};

export async function callEach({ credentials, apis }: Patient): Promise<Said> {
  const says: string[] = [];
  const notes: Note[] = [];
  for (const api of apis) {
    const answer = await firstThere(credentials, api);
    if (answer.status === 404 && api !== 'orchestration') {
      notes.push({ says: `${api}: ${answer.url} is not there`, fix: null });
      continue;
    }
    refuseUnlessGood(answer, credentials);
    says.push(`${api}: ${answer.url} answered ${answer.status}`);
  }
  return { says, notes };
}

async function firstThere(credentials: Patient['credentials'], api: Api): Promise<ApiAnswer> {
  const [first, ...others] = CALLS[api];
  if (first === undefined) throw new Error(`no call for ${api}`);
  let answer = await ask(credentials, api, first);
  for (const call of others) {
    if (answer.status !== 404) break;
    answer = await ask(credentials, api, call);
  }
  return answer;
}

async function ask(credentials: Patient['credentials'], api: Api, call: ApiCall): Promise<ApiAnswer> {
  try {
    return await callApi(credentials, api, call);
  } catch (error) {
    if (error instanceof OperatorError) throw networkTrouble(credentials.addressOf(api), error.cause);
    throw error;
  }
}

function refuseUnlessGood(answer: ApiAnswer, { method }: Patient['credentials']): void {
  const { url, status, says } = answer;
  if (status >= 200 && status < 300) return;
  const message = `${url} answered ${status}${says === '' ? '' : `: ${says}`}`;
  if (status === 401) throw new Wrong(message, unauthenticatedFix(answer, method));
  if (status === 403)
    throw new Wrong(
      message,
      'Have an administrator grant what is missing: stagedoor grant add --owner client:ID --resource TYPE --permission P.',
    );
  if (status === 404)
    throw new Wrong(
      message,
      'Write the address of the cluster in CAMUNDA_REST_ADDRESS without /v2 at its end; in SaaS the id of the cluster belongs to it.',
    );
  if (status === 429 || status >= 500)
    throw new Wrong(message, 'Try again later; the log of the server has the reason.', true);
  throw new Wrong(message, 'See that the address is that of the API, and not of a web page or a proxy.');
}

const SCHEMES = { none: '', basic: 'basic', oauth: 'bearer', token: 'bearer', session: 'cookie' } as const;

function unauthenticatedFix({ challenge }: ApiAnswer, method: keyof typeof SCHEMES): string {
  const wanted = /^(basic|bearer|dpop)\b/i.exec(challenge)?.[1]?.toLowerCase();
  const sent = SCHEMES[method];
  if (sent === '') return 'This API wants credentials: name them in the environment.';
  if (wanted !== undefined && sent !== 'cookie' && wanted !== sent)
    return `This API wants ${wanted} and was sent ${sent}: the method of the cluster is another one, or the address is another cluster’s.`;
  if (sent === 'basic') return 'Compare user name and password with the cluster’s records.';
  if (sent === 'cookie') return 'The session was not taken: see that log-in and API are at the same cluster.';
  return 'The API does not take this token: compare iss and aud above, letter by letter, with the issuer and the audiences that it was told. At a Stagedoor, "stagedoor explain GET PATH --authorization-stdin" says which check failed.';
}
