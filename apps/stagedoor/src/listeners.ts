import { ListenError, type Listener, listen, type RequestHandler } from '@stagedoor/gateway';
import type { Configuration, ListenOn } from './configuration/index.ts';
import { OperatorError } from './operator-error.ts';

/** A listener whose handler comes later: its port is taken first, so that a port that is not free ends the start early. */
type OpenListener = Listener & { readonly origin: string; serve(handler: RequestHandler): void };

export type Listeners = {
  readonly rest: OpenListener;
  readonly issuer: OpenListener | null;
  readonly management: OpenListener;
};

/** Opens all listeners, or none: everything that is wrong with them is one OperatorError. */
export async function openListeners(configuration: Configuration): Promise<Listeners> {
  const { server, issuer, management } = configuration;
  const wanted = [
    open(server, 'the REST APIs', '--port'),
    issuer === null ? Promise.resolve(null) : open(issuer.listen, 'the token issuer', '--issuer-port'),
    open(management, 'health and metrics', '--management-port'),
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
  const problems: string[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') await outcome.value?.drain();
    else if (outcome.reason instanceof OperatorError) problems.push(outcome.reason.message);
    else throw outcome.reason;
  }
  throw new OperatorError('PORT_UNAVAILABLE', problems.join('\n'));
}

async function open({ hosts, port }: ListenOn, what: string, option: string): Promise<OpenListener> {
  let handler: RequestHandler = answerStarting;
  try {
    const listener = await listen((request, response) => handler(request, response), hosts, port);
    return {
      ...listener,
      origin: originOf(hosts, listener.port),
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

/** As a person would type it: loopback is `localhost`, and an address that stands for all of them too. */
function originOf(hosts: ListenOn['hosts'], port: number): string {
  const [first] = hosts;
  const local = ['127.0.0.1', '::1', '0.0.0.0', '::'].includes(first);
  const host = local ? 'localhost' : first.includes(':') ? `[${first}]` : first;
  return `http://${host}:${port}`;
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
