import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { command, runCommandLine } from '../program/run-command-line.ts';
import { startInText } from '../program/start-in-text.ts';
import { FREE_PORTS, startProgram } from '../program/start-program.ts';

const LOCAL = /^http:\/\/localhost:\d+$/;

/** A CA as `stagedoor ca` makes it, and the variables that a start takes its certificate by. */
async function certificates() {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'stagedoor-tls-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const { code } = await runCommandLine(['ca', '--dir', 'tls files'], { directory });
  expect(code).toBe(0);
  const files = join(directory, 'tls files');
  const environment = {
    SERVER_SSL_CERTIFICATE: join(files, 'server.pem'),
    SERVER_SSL_CERTIFICATEPRIVATEKEY: join(files, 'server-key.pem'),
  };
  return { files, environment };
}

describe('a start', () => {
  it('with --json prints one line, word for word as programs expect it', async () => {
    const program = await startProgram({
      args: [...FREE_PORTS, '--profile', 'docker-compose', '--method', 'basic', '--data', './data'],
    });
    const { rest, issuer, management, clusterId, data, pid } = program;
    const { rest: local, issuer: alsoLocal, management: stillLocal } = { rest, issuer: issuer ?? '', management };
    for (const origin of [local, alsoLocal, stillLocal]) expect(origin).toMatch(LOCAL);
    expect(program.output()).toBe(
      `{"ready":true,"rest":"${rest}","issuer":"${issuer}","management":"${management}","profile":"docker-compose","method":"basic","clusterId":"${clusterId}","data":"${data}","pid":${pid}}\n`,
    );
    expect([clusterId, data, pid]).toEqual([
      expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
      `${program.directory}/data`,
      program.child.pid,
    ]);
    expect(await program.stop()).toBe(0);
    expect(program.output().split('\n')).toHaveLength(2);
  });

  it.each([
    ['none', 'c8run', /^ {2}curl (\S+)\/v2\/topology$/m],
    ['basic', 'helm', /^ {2}curl --user demo:demo (\S+)\/v2\/topology$/m],
  ])('says with %s what runs, where, and a command that works as it stands', async (method, profile, pattern) => {
    const program = await startInText({ args: [...FREE_PORTS, '--memory', '--profile', profile, '--method', method] });
    const said = program.output();
    expect(said).toMatch(
      new RegExp(`^Stagedoor \\d+\\.\\d+\\.\\d+ is open: profile ${profile}, authentication ${method}\n`),
    );
    for (const what of [
      `  REST APIs   ${program.rest}`,
      '  Issuer      http://localhost:',
      '  Management  http://localhost:',
      '  Cluster     ',
      '  Data        ',
    ])
      expect(said).toContain(`\n${what}`);
    const [command = '', rest] = pattern.exec(said) ?? [];
    expect(rest).toBe(program.rest);
    const tried = spawnSync('sh', ['-c', `${command} --silent`], { encoding: 'utf8' });
    expect(JSON.parse(tried.stdout)).toMatchObject({ clusterSize: 1 });
    expect(await program.stop()).toBe(0);
    expect(program.output()).toBe(`${said}\nStopping: requests under way end first. Ctrl-C again stops now.\n`);
  });

  it('with oidc says how to get a client, a token and an answer', async () => {
    const program = await startInText({ args: [...FREE_PORTS, '--memory', '--method', 'oidc'] });
    const { data } = /^ {2}Data {8}(?<data>.+)$/m.exec(program.output())?.groups ?? {};
    expect(program.output()).toContain(
      `eval "$(npx --no-install stagedoor client create --name reader --env --data '${data}')"`,
    );
    expect(program.output()).toContain('curl -s --request POST $');
    expect(program.output()).toContain(`curl --header "Authorization: Bearer \${TOKEN}" ${program.rest}/v2/topology`);
    await program.stop();
  });

  it.each([
    ['none', (program: string) => `curl --cacert '${program}' `],
    ['basic', (program: string) => `curl --cacert '${program}' --user demo:demo `],
  ])(
    'over TLS names with %s the CA that its certificate needs, and the command works as it stands',
    async (method, start) => {
      const { files, environment } = await certificates();
      const program = await startInText({ args: [...FREE_PORTS, '--memory', '--method', method], environment });
      const [command = ''] = /^ {2}curl .+\/v2\/topology$/m.exec(program.output()) ?? [];
      expect(command.trim()).toBe(`${start(join(files, 'ca.pem'))}${program.rest}/v2/topology`);
      const tried = spawnSync('sh', ['-c', `${command} --silent`], { encoding: 'utf8' });
      expect(JSON.parse(tried.stdout)).toMatchObject({ clusterSize: 1 });
      const page = spawnSync('curl', [
        '-s',
        '--cacert',
        join(files, 'ca.pem'),
        '-H',
        'accept: text/html',
        program.rest,
      ]);
      expect(page.stdout.toString()).toContain('curl --cacert &#39;ca.pem&#39; ');
      expect(page.stdout.toString()).not.toContain(files);
      await program.stop();
    },
  );

  it('over TLS is called by a client that has nothing but what client create --env printed', async () => {
    const { files, environment } = await certificates();
    const program = await startInText({ args: [...FREE_PORTS, '--memory', '--method', 'oidc'], environment });
    const { data = '' } = /^ {2}Data {8}(?<data>.+)$/m.exec(program.output())?.groups ?? {};
    const printed = await command({ directory: files, data }, ['client', 'create', '--name', 'reader', '--env']);
    const variables = [...printed.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]);
    const caller = { directory: files, environment: Object.fromEntries(variables) };
    expect(await runCommandLine(['whoami', '--json'], caller)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"method":"oauth"'),
    });
    await program.stop();
  });

  it('over TLS names the CA for the token too, and the certificate that a client has to have', async () => {
    const { files, environment } = await certificates();
    const need = { SERVER_SSL_CLIENTAUTH: 'need', SERVER_SSL_TRUSTCERTIFICATE: join(files, 'ca.pem') };
    const args = [...FREE_PORTS, '--memory', '--method', 'oidc'];
    const program = await startInText({ args, environment: { ...environment, ...need } });
    const said = program.output();
    expect(said).toContain(`TOKEN=$(curl --cacert '${join(files, 'ca.pem')}' `);
    expect(said).toMatch(/^ {2}curl --cacert '[^']+' --cert NAME\.pem --key NAME-key\.pem --header /m);
    await program.stop();
  });

  it('is noted at the front page in the same words', async () => {
    const program = await startInText({ args: [...FREE_PORTS, '--memory', '--method', 'basic'] });
    const page = await (await fetch(program.rest)).text();
    expect(page).toContain(`<code>curl --user demo:demo ${program.rest}/v2/topology</code>`);
    expect(page).toContain('<dt>Authentication</dt><dd>basic</dd>');
    await program.stop();
  });
});
