import { ListenError, type Listener, listen, listenTls, type RequestHandler } from '@stagedoor/gateway';
import type { Configuration, ListenOn, TlsSettings } from './configuration/index.ts';
import { OperatorError } from './operator-error.ts';
import { CertificateWatch, marksOf } from './tls/certificate-watch.ts';
import { readIdentity } from './tls/read-identity.ts';

/** A listener whose handler comes later: its port is taken first, so that a port that is not free ends the start early. */
type OpenListener = Listener & { readonly origin: string; serve(handler: RequestHandler): void };

/** How soon a new certificate is noticed. */
const WATCH_MS = 2000;

/** What the listeners need beside their settings. */
type Surroundings = { readonly now: () => number; readonly say: (sentence: string) => void };

export type Listeners = {
  readonly rest: OpenListener;
  readonly issuer: OpenListener | null;
  readonly management: OpenListener;
};

/** Opens all listeners, or none: everything that is wrong with them is one OperatorError. */
export async function openListeners(configuration: Configuration, around: Surroundings): Promise<Listeners> {
  const { server, issuer, management } = configuration;
  const wanted = [
    open(server, 'the REST APIs', '--port', around),
    issuer === null ? Promise.resolve(null) : open(issuer.listen, 'the token issuer', '--issuer-port', around),
    open(management, 'health and metrics', '--management-port', around),
  ] as const;
  const [rest, issuing, managing] = await Promise.allSettled(wanted);
  const outcomes = [rest, issuing, managing];
  if (
    rest.status === 'fulfilled' &&
    issuing.status === 'fulfilled' &&
    managing.status === 'fulfilled' &&
    rest.value &&
    managing.value
  ) {
    return { rest: rest.value, issuer: issuing.value, management: managing.value };
  }
  // Listeners share their certificates more often than not: what is wrong with them is said once.
  const problems = new Set<string>();
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') await outcome.value?.drain();
    else if (outcome.reason instanceof OperatorError)
      for (const problem of outcome.reason.message.split('\n')) problems.add(problem);
    else throw outcome.reason;
  }
  throw new OperatorError('LISTENERS_REFUSED', [...problems].join('\n'));
}

async function open(on: ListenOn, what: string, option: string, around: Surroundings): Promise<OpenListener> {
  let handler: RequestHandler = answerStarting;
  const current: RequestHandler = (request, response) => handler(request, response);
  const { hosts, port, tls } = on;
  try {
    const listener = await (tls === null ? listen(current, hosts, port) : openTls(current, on, tls, around));
    return {
      ...listener,
      origin: originOf(on, listener.port),
      serve: (served) => {
        handler = served;
      },
    };
  } catch (error) {
    if (error instanceof ListenError)
      throw new OperatorError(error.code, sentence(error, what, option), { cause: error });
    throw error;
  }
}

/** Listens over TLS and takes new certificates when their files change, until the listener drains. */
async function openTls(
  handler: RequestHandler,
  { hosts, port }: ListenOn,
  settings: TlsSettings,
  { now, say }: Surroundings,
): Promise<Listener> {
  const marks = marksOf(settings);
  const identity = readIdentity(settings, now());
  const { renew, ...listener } = await listenTls(handler, hosts, port, {
    identity,
    clientAuth: settings.clientAuth,
  });
  const watch = new CertificateWatch({ settings, renew, now, say }, marks);
  const timer = setInterval(() => watch.check(), WATCH_MS).unref();
  return {
    ...listener,
    drain: async () => {
      clearInterval(timer);
      await listener.drain();
    },
  };
}

/** As a person would type it: loopback is `localhost`, and an address that stands for all of them too. */
function originOf({ hosts, tls }: ListenOn, port: number): string {
  const [first] = hosts;
  const local = ['127.0.0.1', '::1', '0.0.0.0', '::'].includes(first);
  const host = local ? 'localhost' : first.includes(':') ? `[${first}]` : first;
  return `${tls === null ? 'http' : 'https'}://${host}:${port}`;
}

function sentence({ code, address }: ListenError, what: string, option: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${address} is taken, and ${what} should listen there: stop the program that has it, or choose another port with ${option} (0 takes any free one)`;
    case 'EACCES':
      return `${address} may not be used by this user, and ${what} should listen there: choose a port above 1023 with ${option}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${address} is no address of this machine, and ${what} should listen there: choose another one with --host`;
    default:
      return `${what} cannot listen on ${address} (${code}): choose another address with --host or another port with ${option}`;
  }
}

const answerStarting: RequestHandler = (_request, response) => {
  response.writeHead(503, { 'retry-after': '1', 'content-type': 'text/plain' }).end('starting\n');
};
