import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVERY_GRANT } from '../guarded-rows/needed-grants.ts';
import { Purse } from '../guarded-rows/purse.ts';
import { bearer, type Client, tokenOf } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { done } from '../rights/ask.ts';
import { fill } from '../rights/full-house.ts';
import { hasSchemathesis, MISSING, runSchemathesis } from './run-schemathesis.ts';

const isThere = hasSchemathesis();
const MINUTES = 60_000;
const BOSS: Client = { clientId: 'boss', clientSecret: 'a-long-and-random-secret-of-the-boss' };
const HOUSE = `
stagedoor.clients: [{ id: ${BOSS.clientId}, secret: ${BOSS.clientSecret} }]
camunda.security.initialization.default-roles.admin.clients: [${BOSS.clientId}]
`;

const DOCUMENTS = ['/openapi.json', '/openapi/operate.json', '/openapi/zeebe.json', '/openapi/administration.json'];
const CALLERS = [
  { who: 'nobody', phases: ['fuzzing'], examples: 8 },
  { who: 'a client without grants', phases: ['fuzzing'], examples: 8 },
  { who: 'the administrator', phases: ['coverage', 'fuzzing'], examples: 10 },
] as const;

describe('the document', () => {
  let program: Program;
  let bare: Client;
  let administrator: Client;

  beforeAll(async () => {
    if (!isThere) return;
    program = await startProgram({ args: [...FREE_PORTS, '--method', 'oidc', '--memory'], yaml: HOUSE });
    const boss = bearer(await tokenOf(program.issuer, BOSS));
    await fill(program, boss);
    const client = async (name: string): Promise<Client> =>
      JSON.parse(await command(program, ['client', 'create', '--name', name, '--no-grants', '--json']));
    [bare, administrator] = [await client('bare'), await client('administrator')];
    // Every grant twice: some of them are deleted on the way, since everything that can be done is done.
    const { clientId } = administrator;
    await new Purse(program, boss, { ownerType: 'CLIENT', ownerId: clientId }).hold(EVERY_GRANT);
    await done(program, `/v2/roles/admin/clients/${clientId}`, { as: boss, method: 'PUT' });
  });
  afterAll(() => program?.stop());

  const credentials = async (who: (typeof CALLERS)[number]['who']) =>
    who === 'nobody' ? {} : bearer(await tokenOf(program.issuer, who === 'the administrator' ? administrator : bare));

  it.for(CALLERS.flatMap((caller) => DOCUMENTS.map((path) => ({ path, ...caller }))))(
    '$path is true for $who',
    { timeout: 5 * MINUTES },
    async ({ path, who, phases, examples }, context) => {
      context.skip(!isThere, MISSING);
      const document = `${program.rest}${path}`;
      const { code, output } = await runSchemathesis({ document, as: await credentials(who), phases, examples });
      expect(code, output.slice(-20_000)).toBe(0);
    },
  );
});
