import { REFUSALS, type RefusalCode, type TokenVerifier } from '@stagedoor/access';
import { afterEach, describe, expect, it } from 'vitest';
import type { ExplainQuestion } from '../src/index.ts';
import { camundaSession } from './log-in.ts';
import { closeDoors, type DoorOptions, type OpenDoor, openDoor } from './open-door.ts';
import { basic, bearer, exchange } from './raw-http.ts';

afterEach(closeDoors);

const CANARY = 'c4n4ry';
const MARY = basic('mary', 'pässwörd:with:colons');
const DEMO = basic('demo', 'demo');

type Asked = Pick<ExplainQuestion, 'method' | 'target' | 'headers'> & Partial<ExplainQuestion>;
type Case = {
  readonly door?: DoorOptions;
  readonly ask: (open: OpenDoor) => Asked | Promise<Asked>;
  /** What the step that refused says. */
  readonly says: RegExp;
  readonly fix: RegExp;
  /** Why the same request, sent for real, cannot be compared. */
  readonly notSent?: string;
};

const TOPOLOGY = { method: 'GET', target: '/v2/topology' } as const;

function refusing(code: RefusalCode): TokenVerifier {
  return { verify: () => ({ kind: 'refused', code, operator: `issuer here: the token was refused as ${code}` }) };
}

function token(code: RefusalCode, fix: RegExp): Case {
  const door = { method: 'oidc', tokens: refusing(code) } as const;
  return { door, ask: () => ({ ...TOPOLOGY, headers: [bearer(CANARY)] }), says: /^issuer here: the token/, fix };
}

/** What a handler finds out by doing it: `explain`, which does nothing, cannot. */
type FoundByDoing = 'LOGIN_NOT_BEGUN' | 'LOGIN_REFUSED' | 'LOGOUT_TOKEN_REFUSED';
type Explained = Exclude<RefusalCode, FoundByDoing>;

/** A case for each code: whoever adds a refusal says here how it is explained. */
const CASES: Readonly<Record<Explained, Case>> = {
  HOST_REFUSED: {
    ask: () => ({ ...TOPOLOGY, headers: [['Host', 'evil.example']] }),
    says: /host name/,
    fix: /stagedoor\.hosts/,
  },
  PATH_AMBIGUOUS: {
    ask: () => ({ method: 'GET', target: '/v2/%2e%2e/topology', headers: [DEMO] }),
    says: /read in two ways/,
    fix: /without empty or dot segments/,
  },
  AUTHORIZATION_REPEATED: {
    ask: () => ({ ...TOPOLOGY, headers: [DEMO, DEMO] }),
    says: /more than one Authorization header/,
    fix: /one Authorization header/,
  },
  CREDENTIALS_IN_QUERY: {
    door: { method: 'oidc' },
    ask: () => ({ method: 'GET', target: `/v2/topology?access_token=${CANARY}`, headers: [] }),
    says: /access_token in the query/,
    fix: /Authorization: Bearer/,
  },
  CREDENTIALS_MISSING: {
    ask: () => ({ ...TOPOLOGY, headers: [] }),
    says: /no credentials/,
    fix: /Authorization: Basic/,
  },
  CREDENTIALS_MALFORMED: {
    ask: () => ({ ...TOPOLOGY, headers: [['Authorization', 'Basic !!!']] }),
    says: /cannot be read/,
    fix: /base64 of `name:password`/,
  },
  CREDENTIALS_SCHEME: {
    ask: () => ({ ...TOPOLOGY, headers: [bearer(CANARY)] }),
    says: /kind of credentials/,
    fix: /Basic in basic, Bearer in oidc/,
  },
  PASSWORD_REFUSED: {
    ask: () => ({ ...TOPOLOGY, headers: [basic('demo', CANARY)] }),
    says: /user name or the password is wrong/,
    fix: /stagedoor user passwd/,
  },
  ATTEMPTS_LIMITED: {
    door: { passwords: { verify: () => ({ kind: 'limited', retryAfterSeconds: 60 }) } },
    ask: () => ({ ...TOPOLOGY, headers: [DEMO] }),
    says: /too many attempts/,
    fix: /Wait/,
  },
  SESSION_ENDED: {
    ask: () => ({ ...TOPOLOGY, headers: [['Cookie', `camunda-session=${CANARY}`]] }),
    says: /session has ended/,
    fix: /Log in again/,
  },
  TOKEN_MALFORMED: token('TOKEN_MALFORMED', /as the issuer gave it/),
  TOKEN_TOO_LARGE: token('TOKEN_TOO_LARGE', /fewer claims/),
  TOKEN_TYPE_REFUSED: token('TOKEN_TYPE_REFUSED', /access token, and not the ID token/),
  TOKEN_ALGORITHM_REFUSED: token('TOKEN_ALGORITHM_REFUSED', /RS256/),
  TOKEN_HEADER_REFUSED: token('TOKEN_HEADER_REFUSED', /crit/),
  TOKEN_ISSUER_UNKNOWN: token('TOKEN_ISSUER_UNKNOWN', /issuer-uri/),
  TOKEN_KEY_UNKNOWN: token('TOKEN_KEY_UNKNOWN', /key was retired/),
  TOKEN_SIGNATURE_INVALID: token('TOKEN_SIGNATURE_INVALID', /changed on its way/),
  TOKEN_EXPIRED: token('TOKEN_EXPIRED', /new token/),
  TOKEN_NOT_YET_VALID: token('TOKEN_NOT_YET_VALID', /clock/),
  TOKEN_LIFETIME_MISSING: token('TOKEN_LIFETIME_MISSING', /exp/),
  TOKEN_AUDIENCE_REFUSED: token('TOKEN_AUDIENCE_REFUSED', /audience that opens this API/),
  TOKEN_PIN_REFUSED: token('TOKEN_PIN_REFUSED', /stagedoor\.oidc/),
  TOKEN_SUBJECT_MISSING: token('TOKEN_SUBJECT_MISSING', /username-claim/),
  TOKEN_BINDING_REFUSED: token('TOKEN_BINDING_REFUSED', /client certificate/),
  PROOF_REFUSED: token('PROOF_REFUSED', /cannot replay a proof/),
  PROOF_REPLAYED: token('PROOF_REPLAYED', /`jti` of its own/),
  PROOFS_UNAVAILABLE: {
    door: {
      method: 'oidc',
      tokens: {
        verify: () => ({
          kind: 'unavailable',
          code: 'PROOFS_UNAVAILABLE',
          retryAfterSeconds: 1,
          operator: 'no proof can be written down',
        }),
      },
    },
    ask: () => ({ ...TOPOLOGY, headers: [bearer(CANARY)] }),
    says: /no proof can be written down/,
    fix: /writable disk/,
  },
  TOKEN_REVOKED: token('TOKEN_REVOKED', /stagedoor client create/),
  ISSUER_UNAVAILABLE: {
    door: { method: 'oidc' },
    ask: () => ({ ...TOPOLOGY, headers: [bearer('issuer-down-token')] }),
    says: /no answer/,
    fix: /Retry-After/,
  },
  ORIGIN_REFUSED: {
    ask: () => ({ method: 'POST', target: '/v2/users', headers: [DEMO, ['Origin', 'http://evil.example']] }),
    says: /another origin/,
    fix: /same origin/,
  },
  CSRF_MISSING: {
    ask: async (open) => ({
      method: 'POST',
      target: '/v2/users',
      headers: [(await camundaSession(open)).session],
    }),
    says: /CSRF token/,
    fix: /X-CSRF-TOKEN/,
  },
  PERMISSION_MISSING: {
    ask: () => ({ method: 'POST', target: '/v2/users', headers: [MARY] }),
    says: /missing: CREATE on USER \(all of them\)/,
    fix: /^stagedoor grant add --owner user:mary --resource USER --permission CREATE$/,
  },
  TENANT_NOT_ASSIGNED: {
    door: { tenantChecks: true },
    ask: () => ({ method: 'POST', target: '/v2/deployments', headers: [DEMO], tenantId: 'elsewhere' }),
    says: /not assigned to the tenant/,
    fix: /Assign the caller to the tenant/,
    notSent: 'the tenant stands in the body',
  },
  SETUP_CLOSED: {
    ask: () => ({ method: 'POST', target: '/v2/setup/user', headers: [] }),
    says: /found existing admin users|first administrator/,
    fix: /stagedoor user create/,
    notSent: 'its body is judged first',
  },
  SETUP_REMOTE: {
    door: { records: { administratorHasExisted: false } },
    ask: () => ({ method: 'POST', target: '/v2/setup/user', headers: [['Via', '1.1 proxy']] }),
    says: /from this machine/,
    fix: /Stagedoor-Setup-Code/,
    notSent: 'its body is judged first',
  },
};

const CODES = Object.keys(CASES) as Explained[];

describe('explain', () => {
  it.each(CODES)('gives the reason and what to do about %s, at the step that refuses it', async (code) => {
    const { door, ask, says, fix } = CASES[code];
    const open = await openDoor(door);
    const explained = await open.explain(await ask(open));
    const last = explained.steps.at(-1);
    expect({ ...explained, steps: [last] }).toMatchObject({
      outcome: 'refused',
      code,
      step: REFUSALS[code].step,
      steps: [{ step: REFUSALS[code].step, result: 'refused', says: expect.stringMatching(says) }],
      fix: expect.stringMatching(fix),
    });
  });

  const sent = CODES.filter((code) => CASES[code].notSent === undefined);
  it.each(sent)('says of %s what the same request is answered', async (code) => {
    const { door, ask } = CASES[code];
    const open = await openDoor(door);
    const { method, target, headers } = await ask(open);
    await exchange(open.port, { method, path: target, headers });
    expect(open.refused.at(-1)?.code).toBe(code);
  });

  it.each(CODES)('shows nothing secret of what is replayed with %s', async (code) => {
    const { door, ask } = CASES[code];
    const open = await openDoor(door);
    const explained = await open.explain(await ask(open));
    const told = JSON.stringify([explained, open.audited, open.refused]);
    expect(told).not.toMatch(/c4n4ry|pässwörd|ZGVtbzpkZW1v/);
  });
});
