import { Agent, type Dispatcher, fetch as undiciFetch } from 'undici';
import { type Clock, systemClock } from '../clock.ts';
import type { Fetch } from '../request-token.ts';
import type { CertificateSource } from '../token-request.ts';
import { type AuthorityFiles, authorityPaths, readAuthorities } from './authorities.ts';
import { type CertificateFiles, type ClientCertificate, pathsOf, readCertificate } from './client-certificate.ts';
import { type Complain, KeptFiles } from './kept-files.ts';

export type TransportSettings = {
  /** Shown to whoever asks for one, for the token as for the API. */
  readonly certificate?: CertificateFiles;
  /** Trusted instead of those of Node. */
  readonly authorities?: AuthorityFiles;
  readonly complain?: Complain;
  readonly clock?: Clock;
};

/** How calls leave: with a certificate of the client and by CAs of its own, for the issuer and the API alike. */
export type Transport = {
  readonly fetch: Fetch;
  /** The connections as they are now, for what has to be given to undici; to be asked for anew for each call. */
  readonly dispatcher: () => Promise<Dispatcher>;
  /** Undefined where no certificate is shown. */
  readonly certificate: CertificateSource | undefined;
  /** What connections are made with now, for whoever makes them himself. @throws UnusableCredentialsError that names the file */
  readonly material: () => Promise<ConnectionMaterial>;
  /** Lets what is under way end, and closes. */
  readonly close: () => Promise<void>;
};

/** The files are looked at this often, however many calls there are. */
const LOOKED_AT_EVERY = 1_000;

/** In PEM, the key as it was given. `ca` is trusted instead of what the other end of the library would trust. */
export type ConnectionMaterial = {
  readonly certificate: ClientCertificate | undefined;
  readonly ca: string | undefined;
};

/**
 * Nothing leaves before the files are good: there is no going on without the certificate. When they change, new connections
 * are made with what they hold now, and the old ones end when their calls have.
 */
export function openTransport(settings: TransportSettings): Transport {
  const { certificate, authorities, clock = systemClock } = settings;
  const own = certificate === undefined ? [] : pathsOf(certificate);
  const files = new KeptFiles<ConnectionMaterial>(
    authorities === undefined ? own : [...own, ...authorityPaths(authorities)],
    async (contents) => ({
      certificate: certificate === undefined ? undefined : await readCertificate(certificate, contents),
      ca:
        authorities === undefined
          ? undefined
          : await readAuthorities(authorities, contents[own.length] ?? Buffer.alloc(0)),
    }),
    settings.complain ?? (() => undefined),
  );
  let looked = Number.NEGATIVE_INFINITY;
  let open: { readonly material: ConnectionMaterial; readonly agent: Agent } | undefined;

  async function connection() {
    const now = clock.monotonic();
    if (open !== undefined && now - looked < LOOKED_AT_EVERY) return open;
    const material = await files.current();
    looked = now;
    if (open?.material === material) return open;
    open?.agent.close().catch(() => undefined);
    open = { material, agent: agentFor(material) };
    return open;
  }

  const thumbprint = async (): Promise<string> => (await connection()).material.certificate?.thumbprint ?? '';
  return {
    dispatcher: async () => (await connection()).agent,
    // Without files of its own there is nothing that the runtime's own does not do, and sooner.
    fetch:
      certificate === undefined && authorities === undefined
        ? (input, init) => globalThis.fetch(input, init)
        : async (input, init) => fetchThrough((await connection()).agent, new Request(input, init)),
    certificate: certificate === undefined ? undefined : { thumbprint },
    material: async () => (await connection()).material,
    close: async () => {
      const last = open;
      open = undefined;
      await last?.agent.close();
    },
  };
}

function agentFor({ certificate, ca }: ConnectionMaterial): Agent {
  return new Agent({
    connect: { ...certificate?.options, ...(ca === undefined ? {} : { ca }), minVersion: 'TLSv1.2' },
  });
}

/**
 * The classes of the library are not those of the runtime, so what passes between them are their parts. A body is sent whole,
 * with its length: some issuers take no chunks.
 */
async function fetchThrough(dispatcher: Agent, request: Request): Promise<Response> {
  const { body, status, statusText, headers } = await undiciFetch(request.url, {
    dispatcher,
    method: request.method,
    headers: [...request.headers],
    redirect: request.redirect,
    signal: request.signal,
    body: request.body === null ? null : await request.arrayBuffer(),
  });
  return new Response(body, { status, statusText, headers: [...headers] });
}
