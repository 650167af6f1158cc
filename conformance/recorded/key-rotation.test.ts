import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { recordingsDirectory } from './recordings.ts';
import { type StoppedClock, stopClock } from './stopped-clock.ts';

const REALM = '/auth/realms/camunda-platform/protocol/openid-connect';
const CLIENT = { client_id: 'reader', client_secret: 'reader-secret' };
const YAML = 'stagedoor: { clients: [{ id: reader, secret: reader-secret }] }\n';
const START = 1_795_326_000_000;
const HOUR = 3_600_000;

/** How two keys stand, and the token that the older one signed. */
type Standing = {
  readonly published: { readonly old: boolean; readonly new: boolean };
  readonly signs: 'old' | 'new';
  readonly oldTokenIsActive: boolean;
};

type Step = {
  readonly jwks: readonly string[];
  readonly newRS256Token: { readonly kid: string };
  readonly oldRS256Token: { readonly kid: string; readonly introspectActive: boolean };
};

/** What Keycloak did in a step of the diary; the newer key is named by the beginning of its id. */
function recordedStanding(step: number, newKey: string): Standing {
  const file = join(recordingsDirectory ?? '', 'keycloak-key-rotation.json');
  const found = (JSON.parse(readFileSync(file, 'utf8')) as readonly Step[])[step];
  if (found === undefined) throw new Error(`the diary has no step ${step}`);
  const { jwks, newRS256Token, oldRS256Token } = found;
  const isPublished = (kid: string) => jwks.some((line) => line.endsWith(kid));
  return {
    published: { old: isPublished(oldRS256Token.kid), new: isPublished(newKey) },
    signs: newRS256Token.kid === newKey ? 'new' : 'old',
    oldTokenIsActive: oldRS256Token.introspectActive,
  };
}

/**
 * The steps of Keycloak's diary that can be taken here. Three others cannot, and are not meant to be: a key that signs in the
 * moment in which it is published, one that comes back after it was withdrawn, and one that is made in silence.
 */
describe.skipIf(recordingsDirectory === null)('a rotation of keys, beside what Keycloak did', () => {
  let program: Program | undefined;
  let clock: StoppedClock | undefined;
  let firstKey = '';
  let oldToken = '';

  beforeAll(async () => {
    clock = stopClock(START);
    const args = ['--method', 'oidc', '--memory', ...FREE_PORTS];
    program = await startProgram({ args, yaml: YAML, environment: clock.environment });
    firstKey = kidOf(await newToken());
  });
  afterAll(async () => {
    await program?.stop();
    clock?.remove();
  });

  const post = (path: string, parameters: Readonly<Record<string, string>>) =>
    fetch(`${program?.issuer}${REALM}/${path}`, { method: 'POST', body: new URLSearchParams(parameters) });

  async function newToken(): Promise<string> {
    const answer = await post('token', { ...CLIENT, grant_type: 'client_credentials' });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    return token;
  }

  /** `old` is the key that has signed so far, `kid` the newer one. */
  async function standing(kid: string): Promise<Standing> {
    const { keys } = (await (await fetch(`${program?.issuer}${REALM}/certs`)).json()) as { keys: { kid: string }[] };
    const { active } = (await (await post('token/introspect', { ...CLIENT, token: oldToken })).json()) as {
      active: boolean;
    };
    const isPublished = (one: string) => keys.some((key) => key.kid === one);
    return {
      published: { old: isPublished(firstKey), new: isPublished(kid) },
      signs: kidOf(await newToken()) === kid ? 'new' : 'old',
      oldTokenIsActive: active,
    };
  }

  const rotate = (...options: readonly string[]) =>
    (JSON.parse(program?.run('key', 'rotate', '--json', ...options) ?? '{}') as { kid: string }).kid;

  it('publishes the next key while the old one signs (step 1)', async () => {
    oldToken = await newToken();
    expect(await standing(rotate())).toEqual(recordedStanding(1, 'bzlSjgPV'));
  });

  it('signs with the next key, and goes on publishing the old one for its tokens (step 3)', async () => {
    clock?.move(HOUR - 1000);
    oldToken = await newToken();
    expect(kidOf(oldToken)).toBe(firstKey);
    clock?.move(1000);
    expect(await standing(kidOf(await newToken()))).toEqual(recordedStanding(3, 'uG7nG9ZV'));
  });

  it('takes back every token of a key that is withdrawn, at once (step 4)', async () => {
    expect(await standing(rotate('--now'))).toEqual(recordedStanding(4, 'uG7nG9ZV'));
  });
});

function kidOf(token: string): string {
  const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
  return (header as { kid: string }).kid;
}
