import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from './run-command.ts';
import { runningProgram } from './running-program.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const PUBLIC = publicKey.export({ type: 'spki', format: 'pem' }).toString();

async function creating(text: string | null, ...more: string[]) {
  const { directory, useCases } = await runningProgram();
  const file = join(directory.path, 'robot.pem');
  if (text !== null) await writeFile(file, text);
  const ran = await run(['client', 'create', '--name', 'robot', '--key-file', file, '--data', directory.path, ...more]);
  return { ran, useCases };
}

describe('stagedoor client create --key-file', () => {
  it('registers the public key, and shows no secret for there is none', async () => {
    const { ran, useCases } = await creating(PUBLIC);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('thumbprint');
    expect(ran.out).not.toContain('Client secret');
    const { x } = publicKey.export({ format: 'jwk' });
    expect(useCases.calls).toEqual([
      {
        name: 'client.create-with-keys',
        input: {
          name: 'robot',
          grants: true,
          keys: JSON.stringify({ keys: [{ crv: 'Ed25519', x, kty: 'OKP', alg: 'EdDSA' }] }),
        },
      },
    ]);
  });

  it.each(['0s', '25h', 'long', '-5s'])('asks for nothing with a lifetime of tokens of %s', async (lifetime) => {
    const { ran, useCases } = await creating(PUBLIC, '--token-lifetime', lifetime);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('--token-lifetime');
    expect(useCases.calls).toEqual([]);
  });

  it('hands on the lifetime of tokens in seconds', async () => {
    const { useCases } = await creating(PUBLIC, '--token-lifetime', '15m');
    expect(useCases.calls).toMatchObject([{ input: { tokenLifetimeSeconds: 900 } }]);
  });

  it('prints its members with --json', async () => {
    const { ran } = await creating(PUBLIC, '--json', '--scope', 'tasklist');
    expect(JSON.parse(ran.out)).toEqual({
      clientId: 'generated-id',
      name: 'robot',
      scopes: ['tasklist'],
      audiences: expect.any(Array),
      expires: null,
      authentication: 'private_key_jwt',
      bindTokens: 'none',
      keyThumbprints: ['thumbprint'],
    });
  });

  it.each([
    ['a private key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'has a private key'],
    ['a private JWK', JSON.stringify(privateKey.export({ format: 'jwk' })), 'has a private or secret key'],
    ['nothing of use', 'c4n4ry', 'has neither PEM nor a JWK'],
    ['half of a JWK', '{"kty":"c4n4ry"', 'is not JSON'],
    ['nothing at all', null, 'cannot be read'],
  ])('with %s registers nothing, and repeats nothing of it', async (_, text, problem) => {
    const { ran, useCases } = await creating(text);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain(problem);
    expect(ran.err).not.toMatch(/c4n4ry|BEGIN/);
    expect(useCases.calls).toEqual([]);
  });

  it('with a file that never ends registers nothing, and comes to its end', async (ctx) => {
    ctx.skip(!existsSync('/dev/zero'), 'there is no /dev/zero on this machine');
    const { directory, useCases } = await runningProgram();
    const endless = ['--key-file', '/dev/zero', '--data', directory.path];
    const ran = await run(['client', 'create', '--name', 'robot', ...endless]);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('is longer than 64 kB');
    expect(useCases.calls).toEqual([]);
  });

  it('prints no environment, for there is no secret to put in it', async () => {
    const { ran, useCases } = await creating(PUBLIC, '--env');
    expect(ran.code).not.toBe(0);
    expect(useCases.calls).toEqual([]);
  });
});
