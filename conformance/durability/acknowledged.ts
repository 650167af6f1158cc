import { expect } from 'vitest';
import { basic, bearer, type Client, requestToken, tokenOf } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import type { Program } from '../program/start-program.ts';
import { ACKNOWLEDGED_IDENTITIES } from './acknowledged-identities.ts';
import type { StillThere } from './still-there.ts';

const DEMO = basic('demo', 'demo');
const JSON_TYPE = { 'content-type': 'application/json' };

let serial = 0;
function newName(what: string): string {
  serial += 1;
  return `${what}-${serial}`;
}

async function okJson(answer: Response): Promise<Record<string, unknown>> {
  const body = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${JSON.stringify(body)}`);
  return body;
}

async function statusOf(url: string, headers: Record<string, string>): Promise<number> {
  const answer = await fetch(url, { headers });
  await answer.arrayBuffer();
  return answer.status;
}

async function deploy(program: Program): Promise<{ id: string; key: string }> {
  const id = newName('process');
  const bpmn = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="${id}" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/></process></definitions>`;
  const body = new FormData();
  body.append('resources', new File([bpmn], `${id}.bpmn`));
  const deployed = await okJson(await fetch(`${program.rest}/v2/deployments`, { method: 'POST', headers: DEMO, body }));
  const [first] = deployed.deployments as { processDefinition: { processDefinitionKey: string } }[];
  return { id, key: first?.processDefinition.processDefinitionKey ?? '' };
}

async function logIn(program: Program, path: '/api/login' | '/login'): Promise<string> {
  const answer = await fetch(`${program.rest}${path}`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'demo', password: 'demo' }),
  });
  expect(answer.status).toBe(204);
  return answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
}

async function newClient(program: Program): Promise<Client> {
  return JSON.parse(await command(program, ['client', 'create', '--name', 'x', '--id', newName('client'), '--json']));
}

async function newUser(program: Program): Promise<string> {
  const name = newName('user');
  await command(program, ['user', 'create', name, '--password-stdin'], `password of ${name}`);
  return name;
}

async function newGrant(program: Program): Promise<{ readonly authorizationKey: string }> {
  const owner = `user:${await newUser(program)}`;
  const what = ['--owner', owner, '--resource', 'SYSTEM', '--permission', 'READ'];
  return JSON.parse(await command(program, ['grant', 'add', ...what, '--json']));
}

/** Each makes or ends one thing, waits until that is acknowledged, and knows how to look for it. */
export const ACKNOWLEDGED: Readonly<Record<string, (program: Program) => Promise<StillThere>>> = {
  ...ACKNOWLEDGED_IDENTITIES,
  'a client': async (program) => {
    const client = await newClient(program);
    return async (later) => expect((await requestToken(later.issuer, client)).status).toBe(200);
  },
  'a client made over HTTP': async (program) => {
    const admin = await tokenOf(program.issuer, await newClient(program));
    const made = await okJson(
      await fetch(`${program.rest}/clusters/${program.clusterId}/clients`, {
        method: 'POST',
        headers: { ...JSON_TYPE, ...bearer(admin) },
        body: '{"clientName":"y"}',
      }),
    );
    const client: Client = { clientId: String(made.clientId), clientSecret: String(made.clientSecret) };
    return async (later) => expect((await requestToken(later.issuer, client)).status).toBe(200);
  },
  'the end of a client': async (program) => {
    const client = await newClient(program);
    const token = await tokenOf(program.issuer, client);
    await command(program, ['client', 'delete', client.clientId]);
    return async (later) => {
      expect((await requestToken(later.issuer, client)).status).toBe(401);
      expect(await statusOf(`${later.rest}/admin-api/clusters`, bearer(token))).toBe(401);
      await expect(command(later, ['client', 'create', '--name', 'x', '--id', client.clientId])).rejects.toThrow(
        'was used by a client that was deleted',
      );
    };
  },
  'the new secret of a client': async (program) => {
    const client = await newClient(program);
    const rotated: Client = JSON.parse(
      await command(program, ['client', 'rotate', client.clientId, '--overlap', '0s', '--json']),
    );
    return async (later) => {
      expect((await requestToken(later.issuer, client)).status).toBe(401);
      expect((await requestToken(later.issuer, rotated)).status).toBe(200);
    };
  },
  'a token, and the key that signed it': async (program) => {
    const token = await tokenOf(program.issuer, await newClient(program));
    const keys = await okJson(await fetch(`${program.issuer}/.well-known/jwks.json`));
    return async (later) => {
      expect(await okJson(await fetch(`${later.issuer}/.well-known/jwks.json`))).toEqual(keys);
      expect(await statusOf(`${later.rest}/admin-api/clusters`, bearer(token))).toBe(200);
    };
  },
  'a user': async (program) => {
    const name = await newUser(program);
    return async (later) =>
      expect(await statusOf(`${later.rest}/v2/topology`, basic(name, `password of ${name}`))).toBe(200);
  },
  'the end of a user': async (program) => {
    const name = await newUser(program);
    await command(program, ['user', 'delete', name]);
    return async (later) =>
      expect(await statusOf(`${later.rest}/v2/topology`, basic(name, `password of ${name}`))).toBe(401);
  },
  'a new password': async (program) => {
    const name = await newUser(program);
    await command(program, ['user', 'passwd', name, '--password-stdin'], 'another password');
    return async (later) => {
      expect(await statusOf(`${later.rest}/v2/topology`, basic(name, `password of ${name}`))).toBe(401);
      expect(await statusOf(`${later.rest}/v2/topology`, basic(name, 'another password'))).toBe(200);
    };
  },
  'a grant': async (program) => {
    const grant = await newGrant(program);
    return async (later) => expect(JSON.parse(await command(later, ['grant', 'list', '--json']))).toContainEqual(grant);
  },
  'the end of a grant': async (program) => {
    const { authorizationKey } = await newGrant(program);
    await command(program, ['grant', 'remove', authorizationKey]);
    return async (later) =>
      expect(await command(later, ['grant', 'list', '--json'])).not.toContain(`"${authorizationKey}"`);
  },
  'a definition': async (program) => {
    const { key } = await deploy(program);
    return async (later) => expect(await statusOf(`${later.rest}/v1/process-definitions/${key}`, DEMO)).toBe(200);
  },
  'an instance': async (program) => {
    const { id } = await deploy(program);
    const body = JSON.stringify({ processDefinitionId: id });
    const started = await okJson(
      await fetch(`${program.rest}/v2/process-instances`, { method: 'POST', headers: { ...JSON_TYPE, ...DEMO }, body }),
    );
    const found = await okJson(
      await fetch(`${program.rest}/v1/process-instances/${started.processInstanceKey}`, { headers: DEMO }),
    );
    return async (later) => {
      expect(
        await okJson(
          await fetch(`${later.rest}/v1/process-instances/${started.processInstanceKey}`, { headers: DEMO }),
        ),
      ).toEqual(found);
    };
  },
  'a session': async (program) => {
    const cookies = [await logIn(program, '/api/login'), await logIn(program, '/login')];
    return async (later) => {
      for (const cookie of cookies) expect(await statusOf(`${later.rest}/v2/topology`, { cookie })).toBe(200);
    };
  },
  'the end of a session': async (program) => {
    const cookie = await logIn(program, '/api/login');
    expect((await fetch(`${program.rest}/logout`, { method: 'POST', headers: { cookie } })).status).toBe(204);
    return async (later) => expect(await statusOf(`${later.rest}/v2/topology`, { cookie })).toBe(401);
  },
};
