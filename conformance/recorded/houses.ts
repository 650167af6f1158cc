import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { basic, bearer } from '../program/credentials.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type IssuerElsewhere, openIssuerElsewhere } from './issuer-elsewhere.ts';
import { fillCluster } from './lab-processes.ts';
import { LearnedValues } from './learned-values.ts';
import { logIn } from './log-in.ts';
import type { RecordedCase, RecordedRequest } from './recorded-case.ts';
import type { Recording } from './recordings.ts';
import { sendRequest } from './send-request.ts';
import { signTokensAgain } from './sign-again.ts';
import { StandInTokens } from './stand-in-tokens.ts';
import { type StoppedClock, stopClock } from './stopped-clock.ts';
import { jwkOf, makeTokenKeys, publishedKeys, type TokenKeys } from './token-keys.ts';

/** A started program, made ready for one recording. */
export type House = {
  readonly origin: string;
  readonly learned: LearnedValues;
  /** The recorded request as it has to be sent here. */
  readonly adapt: (recorded: RecordedCase) => RecordedRequest | Promise<RecordedRequest>;
  /** What happened before a case of this name, and was not recorded. */
  readonly before: Readonly<Record<string, () => void | Promise<void>>>;
  close(): Promise<void>;
};

const IN_MEMORY = ['--memory', ...FREE_PORTS];
const DEMO = basic('demo', 'demo');

/** How Stagedoor is started and filled, so that it stands where the recorded system stood. */
export const HOUSES: Readonly<Record<Recording, () => Promise<House>>> = {
  'camunda-8.6-zeebe-none': async () => houseOf(await startProgram({ args: ['--method', 'none', ...IN_MEMORY] })),
  'camunda-8.6-operate-cookie': openCookieHouse,
  'camunda-8.6-operate-cookie-csrf': openCsrfHouse,
  'camunda-8.6-operate-data': openDataHouse,
  'spring-security-6.5-basic': async () => houseOf(await startProgram({ args: ['--method', 'basic', ...IN_MEMORY] })),
  'camunda-8.6-zeebe-oidc': () => openTokenHouse({ audience: 'zeebe-api', now: 1_795_323_796 }),
  'camunda-8.6-zeebe-oidc-issuer-down': () => openTokenHouse({ audience: 'zeebe-api', now: 1_795_323_872 }),
  'camunda-8.6-operate-oidc': () => openTokenHouse({ audience: 'operate-api', now: 1_795_325_684, filled: true }),
  'spring-security-6.5-oidc': () => openTokenHouse({ audience: 'zeebe-api', now: 1_795_324_706 }),
  'keycloak-token-endpoint': openIssuerHouse,
  'keycloak-discovery': openIssuerHouse,
};

function houseOf(program: Program, more: Partial<House> = {}): House {
  const learned = new LearnedValues();
  return {
    origin: program.rest,
    learned,
    adapt: ({ request }) => changed(request, (text) => learned.into(text)),
    before: {},
    close: async () => {
      await program.stop();
    },
    ...more,
  };
}

/** What is to be done before the first case; a program that cannot be made ready does not stay behind. */
async function prepared(house: House, prepare: () => Promise<void>): Promise<House> {
  try {
    await prepare();
    return house;
  } catch (error) {
    await house.close();
    throw error;
  }
}

function changed(request: RecordedRequest, change: (text: string) => string): RecordedRequest {
  const { target, headers, body } = request;
  // Byte by byte, since not every body is UTF-8.
  const inBody = body === null ? null : Buffer.from(change(Buffer.from(body).toString('latin1')), 'latin1');
  return {
    ...request,
    target: change(target),
    headers: headers.map(([name, value]) => [name, change(value)] as const),
    body: inBody,
  };
}

/** The users that Operate 8.6 makes by itself; `view` may only read. */
const OPERATE_USERS = `
camunda:
  security:
    initialization:
      users:
        - { username: demo, password: demo }
        - { username: act, password: act }
        - { username: view, password: view }
      default-roles: { admin: { users: [demo, act] } }
      authorizations:
        - { ownerType: USER, ownerId: view, resourceType: PROCESS_DEFINITION, resourceId: "*", permissions: [READ_PROCESS_DEFINITION, READ_PROCESS_INSTANCE] }
`;
const WITH_CSRF = `${OPERATE_USERS}  operate: { csrfPreventionEnabled: true }\n`;

async function openCookieHouse(): Promise<House> {
  const house = houseOf(await startProgram({ args: ['--method', 'basic', ...IN_MEMORY], yaml: OPERATE_USERS }));
  const again = () => logIn(house, 'demo', { instead: 'B34A135D8B263B5D15894D0C9E083F4A' });
  return prepared({ ...house, before: { 'old session after relogin': again } }, async () => {
    await fillCluster(house.origin, DEMO);
    await logIn(house, 'view', { session: 'FA13252ECBE3AA6463D2F4433A09950A' });
    await logIn(house, 'demo', { session: '7D96757F2573C4425793BB93613FBA26' });
  });
}

async function openCsrfHouse(): Promise<House> {
  const house = houseOf(await startProgram({ args: ['--method', 'basic', ...IN_MEMORY], yaml: WITH_CSRF }));
  return prepared(house, async () => {
    await logIn(house, 'view', {
      session: '755B82B3188F5271559053A44958613B',
      csrfCookie: '99f8b2e4-1bed-4f2a-980f-e137da77504f',
      csrfHeader: 'kE94Anh7n5nm6_Bxi4bqPyCW0n1NHzAQC0CodUD0JEnMcHmpqXYeOhpJ-q3L2pIU76veWRL3_0R1L1Y9bnGbQiSVE375QE3P',
    });
    await logIn(house, 'demo', {
      session: '42E611A953A8C2CC61B51D734A22C957',
      csrfCookie: 'c28c718a-8172-45cf-a008-08ceb83e274a',
      csrfHeader: 'Y92W5bH5MtjxMfrAMVEhS1BplrweAWva8duX0He2MGzdRk-yAO-uhobICrncCcv3A3wVfjMPu90uMVP3weP0tRWOAwnvcXvT',
    });
  });
}

async function openDataHouse(): Promise<House> {
  const house = houseOf(await startProgram({ args: ['--method', 'basic', ...IN_MEMORY], yaml: WITH_CSRF }));
  return prepared(house, async () => {
    await logIn(house, 'demo', {
      session: 'C9D9E7FF904F85FBCB91E991CE4B2DD9',
      csrfCookie: 'ff0d2dd0-9151-4ddc-b272-9d1fa21afb4b',
      csrfHeader: 'thxWSuTwpuIR8VzEWr07vdzAgwvNmBSo0bkaNjnFb2HIeVUQ0HpmLtaUwtI8yG3xa5AP2bijrmn_ryaF6N0rUFj3XgCuG2Fy',
    });
    await logIn(house, 'view', {
      session: '6730229100AE327A4469D0C2DB7452BA',
      csrfCookie: 'dc1000bd-94bf-4439-abfd-9d6d8623da6b',
      csrfHeader: 'b390RBWGVH4WqK6vgX_mzRZcVg7570CQNRKtisYz_tcHQjMUCxxFdCW2Nho7kZrN51LS-SVle2-biSS9DHab7v4FzORjIwV2',
    });
    await logIn(house, 'demo', {
      session: '347D9AA25E0BC9BD007074EDA8621B62',
      csrfCookie: '08427381-2e00-439c-81b8-434e8a822b8c',
      csrfHeader: 'qUAaKQJjFu9kxwajXBI-BeZaCNzymxoW2i7ezAtLC0WtkTDQmXguGzVQLt5J9WOTbD8KNt85JeTD-SI77h3qqTMqM3ef8wiz',
    });
  });
}

type TokenHouse = {
  /** What the recorded system wanted in `aud`. */
  readonly audience: string;
  /** The second in which the recording was made. */
  readonly now: number;
  readonly filled?: boolean;
};

/** Recorded with these names; the signature is not by the key that the header names. */
const FORGED = ['jwt wrong signature', 'jwt tampered payload', 'bad sig GET', 'bad sig POST search'];

async function openTokenHouse({ audience, now, filled = false }: TokenHouse): Promise<House> {
  const keys = makeTokenKeys();
  const elsewhere = await openIssuerElsewhere(publishedKeys(keys));
  const clock = stopClock(now * 1000);
  const { issuer } = elsewhere;
  const options = { args: IN_MEMORY, yaml: trusting(issuer, audience), environment: clock.environment };
  const house = houseOf(await startProgram(options));
  const ofTokens: House = {
    ...house,
    adapt: (recorded) => {
      const resigning = { keys, issuer, forged: FORGED.includes(recorded.name) };
      return changed(recorded.request, (text) => signTokensAgain(house.learned.into(text), resigning));
    },
    before: outage(elsewhere, clock, keys),
    close: async () => {
      await house.close();
      elsewhere.close();
      clock.remove();
    },
  };
  return prepared(ofTokens, async () => {
    if (filled) await fillCluster(house.origin, bearer(tokenOfService(keys, { audience, now, issuer })));
  });
}

/** What became of the issuer before these cases. An unknown key is asked for once in ten seconds. */
function outage(elsewhere: IssuerElsewhere, clock: StoppedClock, keys: TokenKeys): House['before'] {
  const later = () => clock.move(15_000);
  return {
    'issuer 503, known kid': () => elsewhere.fail(true),
    'issuer 503, unknown kid': later,
    'issuer back, known kid': () => elsewhere.fail(false),
    'rotated: new kid k2': () => {
      elsewhere.publish([jwkOf(keys.k2, 'RS256')]);
      later();
    },
  };
}

/** `svc`, whom the recorded tokens name, may do everything, as every valid token may in 8.6. */
function trusting(issuer: string, audience: string): string {
  return `
camunda:
  security:
    authentication:
      method: oidc
      oidc: { issuer-uri: "${issuer}", audiences: ["${audience}"], username-claim: sub, client-id-claim: client_id }
    initialization:
      default-roles: { admin: { users: [svc] } }
`;
}

function tokenOfService(
  keys: TokenKeys,
  { audience, now, issuer }: { audience: string; now: number; issuer: string },
): string {
  const parts = [
    { alg: 'RS256', kid: 'k1' },
    { iss: issuer, sub: 'svc', aud: audience, iat: now, exp: now + 300 },
  ];
  const unsigned = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return signTokensAgain(`${unsigned}.`, { keys, issuer, forged: false });
}

/** The clients of the recorded realm that have a secret and may ask for tokens. */
const CLIENTS: readonly (readonly [id: string, secret: string, scopes?: string])[] = [
  ['orchestration', 'orchestration-secret', '[orchestration]'],
  ['special', 'p@ss:w/ord+%&= ü'],
  ['plus', 'a+b c'],
  ['pct', 'a%41b'],
  ['id:with:colon', 'colon-secret'],
  ['bare', 'bare-secret', '[operate]'],
  ['es256', 'es256-secret'],
  ['light', 'light-secret', '[orchestration]'],
  ['pwd', 'pwd-secret'],
  ['refresh-sa', 'refresh-secret'],
  ['orchestration-api', 'api-secret', '[orchestration]'],
];

/** One id has a colon, which the id pattern has to allow. */
const WITH_CLIENTS = `
camunda: { security: { id-validation-pattern: "^[a-zA-Z0-9_~@.+:-]+$" } }
stagedoor:
  clients:
${CLIENTS.map(([id, secret, scopes]) => `    - { id: "${id}", secret: "${secret}"${scopes === undefined ? '' : `, scopes: ${scopes}`} }`).join('\n')}
`;

/** The second in which the recorded clients said who they are. */
const ASSERTED_AT = 1_795_325_768;
/** Who fails to show who he is gets one more attempt after so many seconds; the recording took two for all of them. */
const RECOVERY = 10;

/** People logged in with `orchestration`; here clients of the configuration have no redirect URIs, so another one stands in for it. */
const LOGIN = 'orchestration-login';
const RECORDED_CALLBACK = 'http://localhost:8080/cb';

function asLogin(name: string, text: string): string {
  return name.startsWith('authorize ') ? text.replace('client_id=orchestration&', `client_id=${LOGIN}&`) : text;
}

async function openIssuerHouse(): Promise<House> {
  const clock = stopClock(ASSERTED_AT * 1000);
  const options = { args: ['--method', 'oidc', ...IN_MEMORY], yaml: WITH_CLIENTS, environment: clock.environment };
  const program = await startProgram(options);
  const origin = program.issuer;
  if (origin === null) throw new Error('this program has no issuer of its own');
  const secrets = new Map(CLIENTS.map(([id, secret]) => [id, secret]));
  const keys = makeTokenKeys();
  const tokens = new StandInTokens({ origin, secrets, keys });
  const house = houseOf(program, { origin });
  let later = 0;
  const ofClients: House = {
    ...house,
    adapt: async (recorded) => {
      if (/^(?:private_key|client_secret)_jwt /.test(recorded.name)) {
        later += RECOVERY;
        clock.move(RECOVERY * 1000);
      }
      const put = await tokens.into(recorded, later);
      const request = changed(recorded.request, (text) => asLogin(recorded.name, put(house.learned.into(text))));
      if (recorded.name === 'DPoP proof replayed') await sendRequest(origin, request);
      return request;
    },
    close: async () => {
      await house.close();
      clock.remove();
    },
  };
  return prepared(ofClients, async () => {
    const file = join(program.directory, 'pkjwt.json');
    writeFileSync(file, JSON.stringify(jwkOf(keys.k1, 'RS256')));
    program.run('client', 'create', '--name', 'pkjwt', '--id', 'pkjwt', '--key-file', file);
    program.run('client', 'create', '--name', LOGIN, '--id', LOGIN, '--public', '--redirect-uri', RECORDED_CALLBACK);
  });
}
