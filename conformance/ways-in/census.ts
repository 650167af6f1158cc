import { command } from '../program/run-command-line.ts';
import type { Program } from '../program/start-program.ts';

/** Everything that somebody could have changed, as the house itself sees it. */
export async function takeCensus(program: Program, headers: Record<string, string> = {}): Promise<unknown> {
  const [clients, users, grants, definitions, instances] = await Promise.all([
    list(program, 'client'),
    list(program, 'user'),
    list(program, 'grant'),
    search(program, 'process-definitions', headers),
    search(program, 'process-instances', headers),
  ]);
  return { clients, users, grants, definitions, instances };
}

async function list(program: Program, what: string): Promise<unknown> {
  return JSON.parse(await command(program, [what, 'list', '--json']));
}

async function search(program: Program, what: string, headers: Record<string, string>): Promise<unknown> {
  const answer = await fetch(`${program.rest}/v1/${what}/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{}',
  });
  if (answer.status !== 200) throw new Error(`${what} cannot be counted: ${answer.status}`);
  return answer.json();
}
