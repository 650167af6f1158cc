import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { type IssuerForm, issuerForms, realmOf } from './issuer-forms.ts';
import { issuerMetadata } from './issuer-metadata.ts';
import { runTokenPhases } from './token-phases.ts';
import type { TokenProblem } from './token-problem.ts';
import type { ReceivedRequest, TokenIssuance } from './token-request.ts';

export type IssuerRoutesOptions = TokenIssuance & {
  readonly origin: string;
  readonly onFault: (error: unknown) => void;
};

/** 128 kB, Keycloak's. */
const BODY_LIMIT = 131_072;
/** Keys may be remembered for a minute; a key is published before it signs. */
const KEYS_CACHED = 'public, max-age=60';
const JSON_TYPE = 'application/json';

/**
 * The routes of both forms. There is no CORS, and no cookie is set or read: a page of another origin can send a token
 * request, but never the secret it needs, so an Origin header changes nothing.
 */
export async function issuerRoutes(options: IssuerRoutesOptions): Promise<FastifyInstance> {
  const { saas, keycloak } = issuerForms(options.origin);
  const { onFault } = options;
  const routes = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    // A path that cannot be decoded: fastify's own answer would repeat it.
    frameworkErrors: (error, _request, reply) => answerFailure(error, reply, { form: saas, onFault }),
  });
  // Bodies are read by the phases, once: fastify's own parsers would take a repeated member for one.
  routes.removeAllContentTypeParsers();
  routes.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  routes.addHook('onRequest', (_request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer');
    done();
  });
  for (const form of [saas, keycloak]) {
    addTokenEndpoint(routes, form, options);
    addDocuments(routes, form, options);
  }
  routes.setNotFoundHandler((request, reply) => {
    const realm = realmOf(request.url);
    if (realm === 'another') return send(reply, 404, { error: 'Realm does not exist' });
    if (realm === 'ours') return send(reply, 404, { error: 'HTTP 404 Not Found' });
    return send(reply, 404, { error: 'not_found', error_description: 'there is nothing at this path' });
  });
  routes.setErrorHandler((error, _request, reply) => answerFailure(error, reply, { form: saas, onFault }));
  await routes.ready();
  return routes;
}

function addTokenEndpoint(routes: FastifyInstance, form: IssuerForm, options: IssuerRoutesOptions): void {
  const errorHandler = (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) =>
    answerFailure(error, reply, { form, onFault: options.onFault });
  routes.post(form.tokenPath, { errorHandler }, async (request, reply) => {
    const outcome = await runTokenPhases(received(form, request), options);
    return outcome.ok ? send(noStore(reply), 200, outcome.value) : refuse(reply, form, outcome.problem);
  });
  const method = routes.supportedMethods.filter((name) => name !== 'POST');
  routes.route({
    method,
    url: form.tokenPath,
    errorHandler,
    handler: (_request, reply) => refuse(reply, form, { kind: 'method-not-allowed', allow: 'POST' }),
  });
}

function addDocuments(routes: FastifyInstance, form: IssuerForm, { origin, signingKeys }: IssuerRoutesOptions): void {
  const metadata = JSON.stringify(issuerMetadata(origin, form, signingKeys.algorithm));
  const method = routes.supportedMethods.filter((name) => name !== 'GET' && name !== 'HEAD');
  for (const url of [form.jwksPath, ...form.metadataPaths]) {
    const isKeys = url === form.jwksPath;
    routes.get(url, (request, reply) => {
      const wantsSet = isKeys && request.headers.accept?.includes('application/jwk-set+json');
      return reply
        .header('cache-control', KEYS_CACHED)
        .header('content-type', wantsSet ? 'application/jwk-set+json' : JSON_TYPE)
        .send(Buffer.from(isKeys ? JSON.stringify(signingKeys.jwks()) : metadata));
    });
    routes.route({
      method,
      url,
      handler: (_request, reply) => refuse(reply, form, { kind: 'method-not-allowed', allow: 'GET, HEAD' }),
    });
  }
}

function received(form: IssuerForm, { raw, body }: FastifyRequest): ReceivedRequest {
  const { socket } = raw;
  return {
    form,
    contentType: raw.headers['content-type'],
    body: body instanceof Uint8Array ? body : new Uint8Array(),
    authorization: raw.headersDistinct.authorization ?? [],
    caller: { address: socket.remoteAddress ?? '', isThere: () => !socket.destroyed },
  };
}

function answerFailure(
  error: unknown,
  reply: FastifyReply,
  at: { readonly form: IssuerForm; readonly onFault: (error: unknown) => void },
): FastifyReply {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500;
  if (status === 413) return refuse(reply, at.form, { kind: 'too-large' });
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return refuse(reply, at.form, { kind: 'malformed', detail: 'the request cannot be read' });
  }
  at.onFault(error);
  return refuse(reply, at.form, { kind: 'fault' });
}

function refuse(reply: FastifyReply, form: IssuerForm, problem: TokenProblem): FastifyReply {
  const { status, body, headers = {} } = form.words(problem);
  return send(noStore(reply).headers(headers), status, body);
}

/** RFC 6749 section 5.1. */
function noStore(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
}

function send(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply
    .status(status)
    .header('content-type', JSON_TYPE)
    .send(Buffer.from(JSON.stringify(body)));
}
