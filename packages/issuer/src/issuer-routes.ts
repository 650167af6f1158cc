import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerAuthorization, answerLogin } from './authorizing/authorization-routes.ts';
import { answerEndOfLogin } from './authorizing/end-login.ts';
import { withLoginMetadata } from './authorizing/login-metadata.ts';
import type { PendingRequests } from './authorizing/pending-requests.ts';
import { answerUserinfo, type Telling } from './authorizing/userinfo.ts';
import { runIntrospectionPhases } from './introspection.ts';
import { type IssuerForm, issuerForms, realmOf } from './issuer-forms.ts';
import { type ClientCertificates, issuerMetadata } from './issuer-metadata.ts';
import type { PresentedCertificate } from './presented-certificate.ts';
import { BodyCutOff, BodyTooLarge, readBody } from './read-body.ts';
import { type RefusedRequest, refusedRequest } from './refused-request.ts';
import { runRevocationPhases } from './revocation.ts';
import { runTokenPhases } from './token-phases.ts';
import type { TokenProblem } from './token-problem.ts';
import type { Outcome, ReceivedRequest, TokenIssuance } from './token-request.ts';

export type IssuerRoutesOptions = TokenIssuance &
  Pick<Telling, 'presentedTokens'> & {
    readonly pending: PendingRequests;
    readonly addressOf?: (request: IncomingMessage) => string;
    readonly clientCertificates: ClientCertificates;
    readonly certificateOf?: (request: IncomingMessage) => PresentedCertificate | null;
    readonly onFault: (error: unknown) => void;
    /** Told of every request of a client that was refused. */
    readonly onRefused?: (refused: RefusedRequest) => void;
  };

/** Keys may be remembered for a minute; a key is published before it signs. */
const KEYS_CACHED = 'public, max-age=60';
const JSON_TYPE = 'application/json';
const EVERYWHERE = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };
/** RFC 6749 section 5.1. */
const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

const EMPTY: Answer = { status: 200, headers: NO_STORE, body: '' };

type Headers = Readonly<Record<string, string>>;
type Answer = { readonly status: number; readonly headers: Headers; readonly body: string };
/** What a path does for the methods that it has; `allow` is what it says of them. */
type Route = {
  readonly form: IssuerForm;
  readonly allow: string;
  readonly answer: (request: IncomingMessage) => Answer | Promise<Answer>;
};

/**
 * The routes of both forms. There is no CORS, and no cookie but that of the login page, which has a way of its own to know its
 * forms: a page of another origin can send a token request, but never the secret it needs, so an Origin header changes nothing.
 * Paths are compared as they are written.
 */
export function issuerRoutes(
  options: IssuerRoutesOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { saas, keycloak } = issuerForms(options.origin);
  const routes = new Map(
    [saas, keycloak].flatMap((form) => [
      ...endpoints(form, options),
      ...pages(form, options),
      ...documents(form, options),
    ]),
  );
  return (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const route = routes.get(path);
    answerTo(request, path, route)
      .catch((error: unknown) => failure(error, route?.form ?? saas, options.onFault))
      .then((answer) => write(response, answer))
      .catch((error: unknown) => {
        options.onFault(error);
        response.destroy();
      });
  };
}

async function answerTo(request: IncomingMessage, path: string, route: Route | undefined): Promise<Answer> {
  if (route === undefined) return nothingThere(path);
  const has = route.allow.split(', ').includes(request.method ?? '');
  return has ? route.answer(request) : refusal(route.form, { kind: 'method-not-allowed', allow: route.allow });
}

function nothingThere(path: string): Answer {
  const realm = realmOf(path);
  if (realm === 'another') return json(404, { error: 'Realm does not exist' });
  if (realm === 'ours') return json(404, { error: 'HTTP 404 Not Found' });
  return json(404, { error: 'not_found', error_description: 'there is nothing at this path' });
}

/** What takes a request of a client's, each by the phases of its own. */
function endpoints(form: IssuerForm, options: IssuerRoutesOptions): [string, Route][] {
  type Run = (received: ReceivedRequest, issuance: TokenIssuance) => Promise<Outcome<object | null>>;
  const route = (path: string, run: Run): [string, Route] => [
    path,
    {
      form,
      allow: 'POST',
      answer: async (request) => {
        const asked = await received(form, request, options);
        const outcome = await run(asked, options);
        if (outcome.ok) return outcome.value === null ? EMPTY : json(200, outcome.value, NO_STORE);
        const refused = refusal(form, outcome.problem);
        const about = { path, address: asked.caller.address, status: refused.status };
        options.onRefused?.(refusedRequest(request, about, outcome.problem));
        return refused;
      },
    },
  ];
  return [
    route(form.tokenPath, runTokenPhases),
    route(form.introspectionPath, aboutToken(runIntrospectionPhases)),
    route(form.revocationPath, aboutToken(runRevocationPhases)),
  ];

  /** Keycloak has no word for the media type: what is no form has no parameters, and the first one it misses is told. */
  function aboutToken(run: Run): Run {
    return async (request, issuance) => {
      const outcome = await run(request, issuance);
      const unread = !outcome.ok && outcome.problem.kind === 'media-type' && !form.takesJson;
      return unread ? { ok: false, problem: { kind: 'token-missing' } } : outcome;
    };
  }
}

/** What people's browsers are sent to, and where their applications ask who they are. */
function pages(form: IssuerForm, options: IssuerRoutesOptions): [string, Route][] {
  const authorizing = { addressOf: addressOfPeer, ...options };
  const route = (allow: string, answer: Route['answer']): Route => ({ form, allow, answer });
  return [
    [form.authorizationPath, route('GET, POST', (request) => answerAuthorization(request, form, authorizing))],
    [form.loginPath, route('POST', (request) => answerLogin(request, form, authorizing))],
    [form.logoutPath, route('GET, POST', (request) => answerEndOfLogin(request, form, options))],
    [form.userinfoPath, route('GET, POST', (request) => answerUserinfo(request, form, authorizing))],
  ];
}

function documents(
  form: IssuerForm,
  { origin, signingKeys, clientCertificates }: IssuerRoutesOptions,
): [string, Route][] {
  const abilities = { signingAlgorithm: signingKeys.algorithm, clientCertificates };
  const metadata = JSON.stringify(withLoginMetadata(issuerMetadata(origin, form, abilities), origin, form));
  const document = (type: string, body: string): Answer => {
    return { status: 200, headers: { 'cache-control': KEYS_CACHED, 'content-type': type }, body };
  };
  const keys = ({ headers: { accept } }: IncomingMessage): Answer => {
    const wantsSet = accept?.includes('application/jwk-set+json');
    return document(wantsSet ? 'application/jwk-set+json' : JSON_TYPE, JSON.stringify(signingKeys.jwks()));
  };
  const route = (answer: Route['answer']): Route => ({ form, allow: 'GET, HEAD', answer });
  return [
    [form.jwksPath, route(keys)],
    ...form.metadataPaths.map((path): [string, Route] => [path, route(() => document(JSON_TYPE, metadata))]),
  ];
}

async function received(
  form: IssuerForm,
  request: IncomingMessage,
  { addressOf = addressOfPeer, certificateOf = () => null }: IssuerRoutesOptions,
): Promise<ReceivedRequest> {
  const { socket, headers, headersDistinct } = request;
  return {
    form,
    method: request.method ?? '',
    contentType: headers['content-type'],
    body: await readBody(request),
    authorization: headersDistinct.authorization ?? [],
    dpop: headersDistinct.dpop ?? [],
    certificate: certificateOf(request),
    caller: { address: addressOf(request), isThere: () => !socket.destroyed },
  };
}

function addressOfPeer({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? '';
}

function failure(error: unknown, form: IssuerForm, onFault: (error: unknown) => void): Answer {
  // The rest of such a body is not waited for: the connection ends with the answer.
  if (error instanceof BodyTooLarge) return refusal(form, { kind: 'too-large' }, { connection: 'close' });
  if (error instanceof BodyCutOff) return refusal(form, { kind: 'malformed', detail: 'the request cannot be read' });
  onFault(error);
  return refusal(form, { kind: 'fault' });
}

function refusal(form: IssuerForm, problem: TokenProblem, more: Headers = {}): Answer {
  const { status, body, headers = {} } = form.words(problem);
  return json(status, body, { ...NO_STORE, ...headers, ...more });
}

function json(status: number, body: object, headers: Headers = {}): Answer {
  return { status, headers: { ...headers, 'content-type': JSON_TYPE }, body: JSON.stringify(body) };
}

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...EVERYWHERE, ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}
