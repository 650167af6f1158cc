import { type KeyObject, randomUUID, sign } from 'node:crypto';

/** One of the two issuers, as a request has to know it. */
export type AskedIssuer = { readonly issuer: string; readonly tokenEndpoint: string };

/**
 * What both issuers have registered: one client for each way to authenticate, all with the same scopes, and two that people log
 * in with, of which one is public.
 */
export type Registered = {
  readonly byPost: { readonly id: string; readonly secret: string };
  readonly byBasic: { readonly id: string; readonly secret: string };
  readonly byKey: { readonly id: string; readonly key: KeyObject };
  readonly ofPeople: { readonly id: string; readonly secret: string };
  readonly open: { readonly id: string };
};

/** Two of the scopes that ours knows, which theirs is told; and the resources that the clients may name. */
export const SCOPES = ['operate', 'zeebe'] as const;
export const RESOURCES = ['https://shop.example/api', 'urn:example:warehouse'] as const;

export const CALLBACK = 'https://app.example/callback';

type Pairs = readonly (readonly [string, string])[];
type Part = { readonly headers?: Readonly<Record<string, string>>; readonly parameters?: Pairs };
type Parts<Known> = Readonly<Record<string, (known: Known) => Part>>;

const parameters = (...pairs: Pairs) => ({ parameters: pairs });

const GRANTS: Readonly<Record<string, Pairs>> = {
  client_credentials: [['grant_type', 'client_credentials']],
  'no grant': [],
  'an empty grant': [['grant_type', '']],
  'an unknown grant': [['grant_type', 'urn:example:nobodys']],
  'a grant in capitals': [['grant_type', 'CLIENT_CREDENTIALS']],
  'a grant twice': [
    ['grant_type', 'client_credentials'],
    ['grant_type', 'client_credentials'],
  ],
};

/** The grants of people, with what no issuer has given to anybody. */
const GRANTS_OF_PEOPLE: Readonly<Record<string, Pairs>> = {
  authorization_code: [['grant_type', 'authorization_code']],
  'authorization_code, an unknown code': [
    ['grant_type', 'authorization_code'],
    ['code', 'nobodys'],
    ['redirect_uri', CALLBACK],
    ['code_verifier', 'v'.repeat(43)],
  ],
  'authorization_code, no redirect_uri': [
    ['grant_type', 'authorization_code'],
    ['code', 'nobodys'],
    ['code_verifier', 'v'.repeat(43)],
  ],
  'authorization_code, no code_verifier': [
    ['grant_type', 'authorization_code'],
    ['code', 'nobodys'],
    ['redirect_uri', CALLBACK],
  ],
  'authorization_code, a code twice': [
    ['grant_type', 'authorization_code'],
    ['code', 'nobodys'],
    ['code', 'nobodys'],
    ['redirect_uri', CALLBACK],
  ],
  refresh_token: [['grant_type', 'refresh_token']],
  'refresh_token, an unknown one': [
    ['grant_type', 'refresh_token'],
    ['refresh_token', 'nobodys'],
  ],
  'refresh_token, an empty one': [
    ['grant_type', 'refresh_token'],
    ['refresh_token', ''],
  ],
};

const TARGETS: Readonly<Record<string, Pairs>> = {
  'no target': [],
  'a scope': [['scope', SCOPES[0]]],
  'all scopes': [['scope', SCOPES.join(' ')]],
  'an empty scope': [['scope', '']],
  'an unknown scope': [['scope', 'nobodys']],
  'a scope and an unknown one': [['scope', `${SCOPES[0]} nobodys`]],
  'a scope twice': [
    ['scope', SCOPES[0]],
    ['scope', SCOPES[0]],
  ],
  'a resource': [['resource', RESOURCES[0]]],
  'a resource twice': [
    ['resource', RESOURCES[0]],
    ['resource', RESOURCES[0]],
  ],
  'two resources': RESOURCES.map((one) => ['resource', one] as const),
  'an empty resource': [['resource', '']],
  'an unknown resource': [['resource', 'https://nobody.example']],
  'a resource with a fragment': [['resource', `${RESOURCES[0]}#part`]],
  'a resource that is no URI': [['resource', 'shop']],
  'a resource and a scope': [
    ['resource', RESOURCES[0]],
    ['scope', SCOPES[0]],
  ],
  'a resource and an unknown one': [
    ['resource', RESOURCES[0]],
    ['resource', 'https://nobody.example'],
  ],
};

export type Known = { readonly at: AskedIssuer; readonly clients: Registered; readonly stranger: KeyObject };

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
const header = (credentials: string) => ({ authorization: `Basic ${Buffer.from(credentials).toString('base64')}` });
const basic = (id: string, secret: string) => header(`${encoded(id)}:${encoded(secret)}`);
const post = (id: string, secret: string): Pairs => [
  ['client_id', id],
  ['client_secret', secret],
];
const asserted = (assertion: string, ...more: Pairs) =>
  parameters(['client_assertion_type', ASSERTION], ['client_assertion', assertion], ...more);

const AUTHENTICATIONS: Parts<Known> = {
  'a secret in the body': ({ clients: { byPost } }) => parameters(...post(byPost.id, byPost.secret)),
  'a wrong secret in the body': ({ clients: { byPost } }) => parameters(...post(byPost.id, 'wrong')),
  'an empty secret in the body': ({ clients: { byPost } }) => parameters(...post(byPost.id, '')),
  'an id in the body alone': ({ clients: { byPost } }) => parameters(['client_id', byPost.id]),
  'a secret in the body alone': ({ clients: { byPost } }) => parameters(['client_secret', byPost.secret]),
  'an unknown client in the body': () => parameters(...post('nobody', 'wrong')),
  'a secret in the body, twice': ({ clients: { byPost } }) =>
    parameters(...post(byPost.id, byPost.secret), ['client_secret', byPost.secret]),
  'a secret for one who has a key': ({ clients: { byKey } }) => parameters(...post(byKey.id, 'wrong')),
  'a secret in the header': ({ clients: { byBasic } }) => ({ headers: basic(byBasic.id, byBasic.secret) }),
  'a wrong secret in the header': ({ clients: { byBasic } }) => ({ headers: basic(byBasic.id, 'wrong') }),
  'an empty secret in the header': ({ clients: { byBasic } }) => ({ headers: basic(byBasic.id, '') }),
  'an unknown client in the header': () => ({ headers: basic('nobody', 'wrong') }),
  'a header without a colon': ({ clients: { byBasic } }) => ({ headers: header(byBasic.id) }),
  'a header that is no base64': () => ({ headers: { authorization: 'Basic %%%' } }),
  'a header of another scheme': () => ({ headers: { authorization: 'Negotiate abc' } }),
  'a secret in the header, and its id in the body': ({ clients: { byBasic } }) => ({
    headers: basic(byBasic.id, byBasic.secret),
    parameters: [['client_id', byBasic.id]],
  }),
  'a secret in the header, and another id in the body': ({ clients: { byBasic, byPost } }) => ({
    headers: basic(byBasic.id, byBasic.secret),
    parameters: [['client_id', byPost.id]],
  }),
  'a secret in the header and in the body': ({ clients: { byBasic } }) => ({
    headers: basic(byBasic.id, byBasic.secret),
    parameters: post(byBasic.id, byBasic.secret),
  }),
  nothing: () => ({}),
  'an assertion': (known) => asserted(assertion(known)),
  'an assertion, and its id': (known) => asserted(assertion(known), ['client_id', known.clients.byKey.id]),
  'an assertion, and another id': (known) => asserted(assertion(known), ['client_id', known.clients.byPost.id]),
  'an assertion, and a secret': (known) => asserted(assertion(known), ['client_secret', 'wrong']),
  'an assertion without its type': (known) => parameters(['client_assertion', assertion(known)]),
  'an assertion of another type': (known) =>
    parameters(['client_assertion_type', 'urn:example'], ['client_assertion', assertion(known)]),
  'an assertion of a stranger': (known) => asserted(assertion(known, {}, known.stranger)),
  'an assertion of nobody': (known) => asserted(assertion(known, { iss: 'nobody', sub: 'nobody' })),
  'an assertion of one about another': (known) => asserted(assertion(known, { sub: known.clients.byPost.id })),
  'an assertion for another issuer': (known) => asserted(assertion(known, { aud: 'https://elsewhere.example' })),
  'an assertion for the token endpoint': (known) => asserted(assertion(known, { aud: known.at.tokenEndpoint })),
  'an assertion for two issuers': (known) =>
    asserted(assertion(known, { aud: [known.at.issuer, 'https://elsewhere.example'] })),
  'an assertion that has expired': (known) => asserted(assertion(known, { exp: seconds() - 300 })),
  'an assertion that never expires': (known) => asserted(assertion(known, { exp: undefined })),
  'an assertion that is not valid yet': (known) => asserted(assertion(known, { nbf: seconds() + 3_600 })),
  'an assertion without an id': (known) => asserted(assertion(known, { jti: undefined })),
  'an assertion that nobody signed': (known) => asserted(`${part({ alg: 'none' })}.${assertion(known).split('.')[1]}.`),
  'an assertion that is no JWT': () => asserted('abc'),
};

const AUTHENTICATIONS_OF_PEOPLE: Parts<Known> = {
  'a secret': ({ clients: { ofPeople } }) => parameters(...post(ofPeople.id, ofPeople.secret)),
  'a wrong secret': ({ clients: { ofPeople } }) => parameters(...post(ofPeople.id, 'wrong')),
  'no secret of one who has one': ({ clients: { ofPeople } }) => parameters(['client_id', ofPeople.id]),
  'a public client': ({ clients: { open } }) => parameters(['client_id', open.id]),
  'a public client, and a secret': ({ clients: { open } }) => parameters(...post(open.id, 'wrong')),
  'a public client in the header': ({ clients: { open } }) => ({ headers: basic(open.id, 'wrong') }),
  'a client that nobody logs in with': ({ clients: { byPost } }) => parameters(...post(byPost.id, byPost.secret)),
  'an unknown client': () => parameters(['client_id', 'nobody']),
  nobody: () => ({}),
};

/** What stands around the parameters: sent with a good request, with a refused one, and with none. */
const SURROUNDINGS: Readonly<Record<string, Partial<SentRequest> & { readonly body?: (form: string) => string }>> = {
  'a charset': { contentType: 'application/x-www-form-urlencoded; charset=UTF-8' },
  capitals: { contentType: 'APPLICATION/X-WWW-FORM-URLENCODED' },
  'no media type': { contentType: null },
  JSON: {
    contentType: 'application/json',
    body: (form) => JSON.stringify(Object.fromEntries(new URLSearchParams(form))),
  },
  text: { contentType: 'text/plain' },
  'a multipart type': { contentType: 'multipart/form-data; boundary=x' },
  GET: { method: 'GET' },
  PUT: { method: 'PUT' },
  DELETE: { method: 'DELETE' },
  OPTIONS: { method: 'OPTIONS' },
  HEAD: { method: 'HEAD' },
  'an unknown parameter': { body: (form) => `${form}&unknown=1` },
  'an unknown parameter twice': { body: (form) => `${form}&unknown=1&unknown=2` },
  'a parameter without a value': { body: (form) => `${form}&unknown` },
  'an ampersand at the end': { body: (form) => `${form}&` },
  'a percent sign that encodes nothing': { body: (form) => `${form}&unknown=%zz` },
  'bytes that are no UTF-8': { body: (form) => `${form}&unknown=%ff` },
  'a NUL': { body: (form) => `${form}&unknown=%00` },
  'a thousand parameters': { body: (form) => form + '&a=1'.repeat(1_000).replace(/a/g, (_, at: number) => `a${at}`) },
  'a parameter of 200 kB': { body: (form) => `${form}&unknown=${'a'.repeat(200_000)}` },
};

type SentRequest = {
  readonly method: string;
  readonly contentType: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: string;
};

export type Cell = { readonly name: string; readonly request: (known: Known) => SentRequest };

/** Every grant of clients with every authentication and every target, every grant of people with theirs; then what surrounds them, with three that differ most. */
export function allCells(): readonly Cell[] {
  const cells: Cell[] = [];
  for (const grant of Object.keys(GRANTS))
    for (const authentication of Object.keys(AUTHENTICATIONS))
      for (const target of Object.keys(TARGETS)) cells.push(cell(grant, authentication, target));
  for (const grant of [...Object.keys(GRANTS_OF_PEOPLE), 'client_credentials'])
    for (const authentication of Object.keys(AUTHENTICATIONS_OF_PEOPLE))
      cells.push(cell(grant, authentication, 'no target'));
  for (const surroundings of Object.keys(SURROUNDINGS))
    for (const authentication of ['a secret in the body', 'a wrong secret in the header', 'nothing'])
      cells.push(surrounded(cell('client_credentials', authentication, 'no target'), surroundings));
  return cells;
}

function cell(grant: string, authentication: string, target: string): Cell {
  return {
    name: `${grant}; ${authentication}; ${target}`,
    request: (known) => {
      const { headers = {}, parameters: own = [] } =
        { ...AUTHENTICATIONS, ...AUTHENTICATIONS_OF_PEOPLE }[authentication]?.(known) ?? {};
      const pairs = [...({ ...GRANTS, ...GRANTS_OF_PEOPLE }[grant] ?? []), ...own, ...(TARGETS[target] ?? [])];
      const form = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
      return { method: 'POST', contentType: 'application/x-www-form-urlencoded', headers, form };
    },
  };
}

function surrounded({ name, request }: Cell, surroundings: string): Cell {
  const { body = (form: string) => form, ...changed } = SURROUNDINGS[surroundings] ?? {};
  return {
    name: `${name}; ${surroundings}`,
    request: (known) => {
      const sent = request(known);
      return { ...sent, ...changed, form: body(sent.form) };
    },
  };
}

const seconds = () => Math.floor(Date.now() / 1_000);
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** RFC 7523 section 3, signed by hand so that it can be wrong in every way. Each has an id of its own. */
function assertion({ at, clients: { byKey } }: Known, changed: object = {}, key = byKey.key): string {
  const now = seconds();
  const claims = { iss: byKey.id, sub: byKey.id, aud: at.issuer, iat: now, exp: now + 60, jti: randomUUID() };
  const signed = `${part({ alg: 'ES256', typ: 'JWT' })}.${part({ ...claims, ...changed })}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
