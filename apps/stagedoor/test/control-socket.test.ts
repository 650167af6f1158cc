import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ControlClient } from '../src/control/control-client.ts';
import { startControlServer } from '../src/control/control-server.ts';
import { type DataDirectory, openDataDirectory } from '../src/data-directory.ts';
import { DataDirectoryInUse, OperatorError } from '../src/operator-error.ts';
import { UseCaseError } from '../src/use-cases.ts';
import { InMemoryUseCases } from './in-memory-use-cases.ts';
import { clientOf, runningProgram } from './running-program.ts';
import { temporaryDirectory } from './temporary-directory.ts';

type Raw = { method?: string; path: string; body?: string };

async function raw(
  directory: DataDirectory,
  { method = 'POST', path, body = '' }: Raw,
): Promise<{ status: number; text: string }> {
  const asked = request({ socketPath: directory.controlSocket, method, path, agent: false });
  asked.on('error', () => undefined);
  asked.end(body);
  const [response] = await once(asked, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, text };
}

function start(directory: DataDirectory) {
  const describe = () => {
    throw new TypeError('not asked');
  };
  return startControlServer({ directory, useCases: new InMemoryUseCases(), describe, onFault: () => undefined });
}

/** A socket file that a process left when it was killed. */
async function leaveStaleSocket(path: string): Promise<void> {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('listening'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(lstatSync(path).isSocket()).toBe(true);
}

describe('the control socket', () => {
  it('is its owner’s alone', async () => {
    const { directory } = await runningProgram();
    expect(lstatSync(directory.controlSocket).mode & 0o777).toBe(0o600);
    expect(lstatSync(directory.path).mode & 0o777).toBe(0o700);
  });

  it('runs a use case and answers with what it gave', async () => {
    const { directory, useCases } = await runningProgram();
    const created = await clientOf(directory.path).callUseCase('client.create', {
      name: "O'Hara $(x)",
      scopes: ['operate'],
      grants: false,
    });
    expect(created).toMatchObject({
      clientId: 'generated-id',
      clientSecret: 'canary-secret',
      name: "O'Hara $(x)",
      scopes: ['operate'],
    });
    expect(useCases.calls).toEqual([
      { name: 'client.create', input: { name: "O'Hara $(x)", scopes: ['operate'], grants: false } },
    ]);
  });

  it('describes the program', async () => {
    const { directory } = await runningProgram({ issuer: null });
    expect(await clientOf(directory.path).describe()).toMatchObject({
      rest: 'http://localhost:8080',
      issuer: null,
      pid: process.pid,
    });
  });

  it('passes a refusal on with its code and its words', async () => {
    const { directory } = await runningProgram();
    const refused: unknown = await clientOf(directory.path)
      .callUseCase('client.delete', { id: 'nobody' })
      .catch((error) => error);
    expect(refused).toBeInstanceOf(UseCaseError);
    expect(refused).toMatchObject({ code: 'CLIENT_UNKNOWN', message: 'there is no such client' });
  });

  it('keeps a fault to itself and tells it to the program', async () => {
    const { directory, useCases, faults } = await runningProgram();
    const fault = new TypeError('canary-detail');
    useCases['user.list'] = () => Promise.reject(fault);
    const answer = await raw(directory, { path: '/use-cases/user.list', body: '{}' });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('canary');
    expect(faults).toEqual([fault]);
  });

  it.each([
    ['an unknown use case', { path: '/use-cases/client.steal', body: '{}' }, 404, 'UNKNOWN_USE_CASE'],
    ['a name from the prototype', { path: '/use-cases/constructor', body: '{}' }, 404, 'UNKNOWN_USE_CASE'],
    ['an unknown path', { path: '/', body: '{}' }, 404, 'UNKNOWN_PATH'],
    ['another method', { method: 'GET', path: '/use-cases/user.list' }, 404, 'UNKNOWN_PATH'],
    ['a body that is not JSON', { path: '/use-cases/user.list', body: '{' }, 422, 'INVALID_INPUT'],
    ['a body that is no object', { path: '/use-cases/user.list', body: '[]' }, 422, 'INVALID_INPUT'],
    ['an unknown member', { path: '/use-cases/user.list', body: '{"all":true}' }, 422, 'INVALID_INPUT'],
    [
      'a body of a megabyte',
      { path: '/use-cases/user.list', body: `{"x":"${'x'.repeat(1_048_576)}"}` },
      413,
      'INPUT_TOO_LARGE',
    ],
  ])('refuses %s', async (_, asked, status, code) => {
    const { directory, faults } = await runningProgram();
    const answer = await raw(directory, asked);
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([status, code]);
    expect(faults).toEqual([]);
  });

  it('takes the place of a socket that a dead process left', async () => {
    const directory = openDataDirectory(temporaryDirectory());
    await leaveStaleSocket(directory.controlSocket);
    const server = await start(directory);
    expect(await clientOf(directory.path).callUseCase('user.list', {})).toEqual([]);
    await server.close();
    expect(existsSync(directory.controlSocket)).toBe(false);
  });

  it('never removes a file that is no socket', async () => {
    const directory = openDataDirectory(temporaryDirectory());
    writeFileSync(directory.controlSocket, 'mine');
    await expect(start(directory)).rejects.toMatchObject({ code: 'CONTROL_SOCKET_BLOCKED' });
    expect(lstatSync(directory.controlSocket).size).toBe(4);
  });

  it('with a path that no socket can have is refused with the fix, on both sides', async () => {
    const long = join(temporaryDirectory(), 'x'.repeat(100));
    const directory = openDataDirectory(long);
    await expect(start(directory)).rejects.toThrow(
      /bytes, 107 are possible: choose a data directory with a shorter path/,
    );
    await expect(clientOf(long).callUseCase('user.list', {})).rejects.toMatchObject({ code: 'CONTROL_SOCKET_PATH' });
  });

  it('of the longest possible path works', async () => {
    const parent = temporaryDirectory();
    const path = join(parent, 'x'.repeat(107 - '/control.sock'.length - parent.length - 1));
    const server = await start(openDataDirectory(path));
    expect(await clientOf(path).callUseCase('user.list', {})).toEqual([]);
    await server.close();
  });
});

describe('a command', () => {
  function client(dataDirectory: string, openUseCases: ConstructorParameters<typeof ControlClient>[0]['openUseCases']) {
    return new ControlClient({ dataDirectory, openUseCases, wait: async () => undefined });
  }

  it('opens the data directory itself where nothing runs, and closes it again', async () => {
    const useCases = new InMemoryUseCases();
    const closed: string[] = [];
    const close = async () => void closed.push('closed');
    const direct = client(temporaryDirectory(), async () => ({ useCases, close }));
    await direct.callUseCase('user.create', { username: 'alice', password: 'secret' });
    await expect(direct.callUseCase('user.delete', { username: 'bob' })).rejects.toThrow(UseCaseError);
    expect([useCases.users.has('alice'), closed.length]).toEqual([true, 2]);
    expect(await direct.describe()).toBeUndefined();
  });

  it('waits for the moment in which a program starts or another command ends', async () => {
    const path = temporaryDirectory();
    const useCases = new InMemoryUseCases();
    let refusals = 3;
    const patient = client(path, async () => {
      if (refusals > 0) {
        refusals -= 1;
        throw new DataDirectoryInUse(path);
      }
      return { useCases, close: async () => undefined };
    });
    expect(await patient.callUseCase('user.list', {})).toEqual([]);
    expect(refusals).toBe(0);
  });

  it('never speaks to a socket in a directory that others can enter', async () => {
    const { directory, useCases } = await runningProgram();
    chmodSync(directory.path, 0o755);
    const refused: unknown = await clientOf(directory.path)
      .callUseCase('user.create', { username: 'alice', password: 'secret' })
      .catch((error) => error);
    expect(refused).toMatchObject({ code: 'DATA_DIRECTORY_NOT_PRIVATE' });
    expect(useCases.users.size).toBe(0);
    chmodSync(directory.path, 0o700);
  });

  it('checks its input before anything is asked or opened', async () => {
    const failing = client(join(temporaryDirectory(), 'data'), () => Promise.reject(new Error('opened')));
    await expect(failing.callUseCase('client.create', { name: 'a\u001b[2Jb', grants: true })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it.each([
    ['hangs up', (socket: import('node:net').Socket) => socket.destroy(), 'CONTROL_ANSWER_MISSING'],
    [
      'answers something else',
      (socket: import('node:net').Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno'),
      'CONTROL_ANSWER_UNREADABLE',
    ],
    [
      'answers another version’s JSON',
      (socket: import('node:net').Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n[{}]'),
      'CONTROL_ANSWER_UNREADABLE',
    ],
  ])('says so when the program %s, and never asks twice', async (_, behave, code) => {
    const directory = openDataDirectory(temporaryDirectory());
    let asked = 0;
    const server = createServer((socket) => {
      asked += 1;
      socket.on('error', () => undefined).once('data', () => behave(socket));
    });
    server.listen(directory.controlSocket);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const failure: unknown = await clientOf(directory.path)
      .callUseCase('user.list', {})
      .catch((error) => error);
    expect(failure).toBeInstanceOf(OperatorError);
    expect([(failure as OperatorError).code, asked]).toEqual([code, 1]);
  });

  it('is not fooled by a directory in the place of the socket', async () => {
    const directory = openDataDirectory(temporaryDirectory());
    mkdirSync(directory.controlSocket);
    const useCases = new InMemoryUseCases();
    const direct = client(directory.path, async () => ({ useCases, close: async () => undefined }));
    expect(await direct.callUseCase('user.list', {})).toEqual([]);
    await expect(start(directory)).rejects.toMatchObject({ code: 'CONTROL_SOCKET_BLOCKED' });
  });
});
