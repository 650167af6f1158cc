import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

let program: Program;
beforeAll(async () => {
  program = await startProgram({ args: [...FREE_PORTS, '--memory'] });
});
afterAll(() => program.stop());

const HEALTH_TYPE = 'application/vnd.spring-boot.actuator.v3+json';

describe('localhost', () => {
  it.each(['localhost', '127.0.0.1', '[::1]'])('is reached as %s, on every listener', async (host) => {
    const asked = [
      `${program.rest}/v2/topology`,
      `${program.issuer}/.well-known/jwks.json`,
      `${program.management}/actuator/health`,
    ];
    for (const url of asked) {
      const answer = await fetch(url.replace('localhost', host));
      expect([url, answer.status]).toEqual([url, 200]);
      await answer.arrayBuffer();
    }
  });
});

describe('the management port', () => {
  it('tells health with its groups, as the original does', async () => {
    const answers = new Map<string, unknown>();
    for (const path of ['', '/liveness', '/readiness']) {
      const answer = await fetch(`${program.management}/actuator/health${path}`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, HEALTH_TYPE]);
      answers.set(path, await answer.json());
    }
    expect(Object.fromEntries(answers)).toEqual({
      '': { status: 'UP', groups: ['liveness', 'readiness'] },
      '/liveness': { status: 'UP' },
      '/readiness': { status: 'UP' },
    });
    const head = await fetch(`${program.management}/actuator/health`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('counts what was answered and refused, for Prometheus', async () => {
    await fetch(`${program.rest}/v2/topology`);
    await fetch(`${program.rest}/admin-api/clusters`);
    const answer = await fetch(`${program.management}/actuator/prometheus`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      expect.stringMatching(/^text\/plain; version=0\.0\.4/),
    ]);
    const text = await answer.text();
    expect(text).toMatch(
      /^http_server_requests_seconds_count\{dialect="orchestration",operation="getTopology",status="200"\} [1-9]/m,
    );
    expect(text).toMatch(
      /^http_server_requests_seconds_count\{dialect="administration",operation="\w+",status="401"\} [1-9]/m,
    );
    expect(text).toMatch(/^stagedoor_refusals_total\{code="CREDENTIALS_MISSING"\} [1-9]/m);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
  });
});

describe('a command', () => {
  it('finds a program that keeps everything in memory where that says its data is', async () => {
    expect(await command(program, ['client', 'list', '--json'])).toBe('[]\n');
    await command(program, ['client', 'create', '--name', 'x', '--id', 'in-memory']);
    expect(await command(program, ['client', 'list', '--json'])).toContain('"in-memory"');
  });

  it('takes effect at once', async () => {
    const variables = await command(program, ['client', 'create', '--name', 'x', '--env']);
    const [, id, secret] = /CLIENT_ID='(.*)'\nexport CLIENT_SECRET='(.*)'/.exec(variables) ?? [];
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id ?? '',
      client_secret: secret ?? '',
    });
    expect((await fetch(`${program.issuer}/oauth/token`, { method: 'POST', body })).status).toBe(200);
    await command(program, ['client', 'delete', id ?? '']);
    expect((await fetch(`${program.issuer}/oauth/token`, { method: 'POST', body })).status).toBe(401);
  });
});
