import { describe, expect, it } from 'vitest';
import { basic, bearer, type Client, tokenOf } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, refusedStart, startProgram } from '../program/start-program.ts';

/** The table of the pages: what a distribution starts with, and what it can be told to start with. */
const MATRIX = {
  c8run: { default: 'none', none: 'none', basic: 'basic', oidc: 'oidc' },
  'docker-compose': { default: 'none', none: 'none', basic: 'basic', oidc: 'oidc' },
  'docker-compose-full': { default: 'oidc', none: 'none', basic: 'basic', oidc: 'oidc' },
  helm: { default: 'basic', none: 'none', basic: 'basic', oidc: 'oidc' },
  saas: { default: 'oidc', none: 'refused', basic: 'refused', oidc: 'oidc' },
} as const;

type Outcome = 'none' | 'basic' | 'oidc' | 'refused';
const CELLS = Object.entries(MATRIX).flatMap(([profile, row]) => {
  return Object.entries(row).map(([asked, outcome]): [string, string, Outcome] => [profile, asked, outcome]);
});

function optionsOf(profile: string, asked: string): readonly string[] {
  return [...FREE_PORTS, '--memory', '--profile', profile, ...(asked === 'default' ? [] : ['--method', asked])];
}

/** The statuses that the topology answers with: to nobody, to demo with his password, to a client with its token. */
async function topologies(program: Program): Promise<readonly number[]> {
  const client: Client = JSON.parse(await command(program, ['client', 'create', '--name', 'x', '--json']));
  const token = await tokenOf(program.issuer, client);
  const statuses: number[] = [];
  for (const headers of [{}, basic('demo', 'demo'), bearer(token)]) {
    const answer = await fetch(`${program.rest}/v2/topology`, { headers });
    await answer.arrayBuffer();
    statuses.push(answer.status);
  }
  return statuses;
}

const EXPECTED = { none: [200, 200, 200], basic: [401, 200, 401], oidc: [401, 401, 200] } as const;

describe('the matrix of the pages', () => {
  it.each(CELLS)('%s, asked for %s: %s', async (profile, asked, outcome) => {
    if (outcome === 'refused') {
      const { code, stderr } = await refusedStart({ args: optionsOf(profile, asked) });
      expect([code, stderr.split('\n').length]).toEqual([1, 2]);
      expect(stderr).toMatch(
        new RegExp(`^stagedoor: .*asks for ${asked}, which profile saas does not support: it requires oidc`),
      );
      return;
    }
    const program = await startProgram({ args: optionsOf(profile, asked) });
    expect([program.profile, program.method]).toEqual([profile, outcome]);
    expect(await topologies(program)).toEqual(EXPECTED[outcome]);
    await program.stop();
  });
});
