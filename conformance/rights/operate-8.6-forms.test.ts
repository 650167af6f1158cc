import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, bearer } from '../program/credentials.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type ForeignIssuer, openForeignIssuer } from '../ways-in/foreign-issuer.ts';
import { ask, type Credentials } from './ask.ts';

/** What a caller is let do: reading, deleting, making users. Whoever is let delete is told what comes of it: it may not be served yet. */
async function levelOf(program: Program, as: Credentials): Promise<readonly string[]> {
  const search = await ask(program, '/v1/process-instances/search', { as, method: 'POST', body: {} });
  const deletion = await ask(program, '/v1/process-instances/1', { as, method: 'DELETE' });
  const user = await ask(program, '/v2/users', { as, method: 'POST', body: { username: 'x', password: 'x' } });
  const answers = { reads: search, deletes: deletion, 'makes users': user };
  expect(Object.values(answers).filter(({ status }) => status === 401)).toEqual([]);
  return Object.entries(answers).flatMap(([what, { status }]) => (status === 403 ? [] : [what]));
}

const NOTHING: readonly string[] = [];
const READS = ['reads'];
const READS_AND_DELETES = ['reads', 'deletes'];

describe('the users of Operate 8.6', () => {
  let program: Program;
  beforeAll(async () => {
    program = await startProgram({
      args: [...FREE_PORTS, '--method', 'basic', '--memory'],
      yaml: `
stagedoor.operate.users: true
camunda.operate: { userId: owner, password: a word of his own }
`,
    });
  });
  afterAll(() => program.stop());

  it.each([
    ['view', 'view', READS],
    ['act', 'act', READS],
    ['owner', 'a word of his own', READS_AND_DELETES],
  ])('have their levels: %s', async (username, password, level) => {
    expect(await levelOf(program, basic(username, password))).toEqual(level);
  });
});

describe.each([false, true])('the permissions of tokens of 8.6, where they are taken: %s,', (taken) => {
  let issuer: ForeignIssuer;
  let program: Program;
  beforeAll(async () => {
    issuer = await openForeignIssuer();
    program = await startProgram({
      args: [...FREE_PORTS, '--method', 'oidc', '--memory'],
      yaml: `
stagedoor.oidc.component-permissions: ${taken}
camunda.security.authentication.oidc:
  issuer-uri: ${issuer.origin}
  audiences: [the-cluster]
  client-id-claim: client_id
`,
    });
  });
  afterAll(async () => {
    await program.stop();
    await issuer.close();
  });

  it.each([
    ['read:*', { 'operate-api': ['read:*'] }, READS],
    ['read:* and write:*', { 'operate-api': ['read:*', 'write:*'] }, READS_AND_DELETES],
    ['those of another component', { 'zeebe-api': ['read:*', 'write:*'] }, NOTHING],
    ['none', undefined, NOTHING],
  ])('grant what they granted: %s', async (_, permissions, level) => {
    const as = bearer(issuer.token({ aud: 'the-cluster', client_id: 'old', permissions }));
    expect(await levelOf(program, as)).toEqual(taken ? level : NOTHING);
  });
});
