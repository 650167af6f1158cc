import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { closeDoors, openDoor } from './open-door.ts';
import { basic, exchangeBytes, jsonOf, parseAnswer, requestBytes } from './raw-http.ts';

afterEach(closeDoors);

const DEMO = basic('demo', 'demo');

const BOUNDARY = '----x';
type Part = {
  readonly name?: string;
  readonly filename?: string;
  readonly content?: string;
  readonly headers?: string;
};

function multipart(parts: readonly Part[], end = `--${BOUNDARY}--\r\n`): string {
  const written = parts.map(({ name = 'resources', filename, content = '<bpmn/>', headers = '' }) => {
    const file = filename === undefined ? '' : `; filename="${filename}"`;
    return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${headers}\r\n${content}\r\n`;
  });
  return written.join('') + end;
}

const FILE: Part = { filename: 'order.bpmn', headers: 'Content-Type: application/octet-stream\r\n' };

async function deploy(body: string | Uint8Array, type = `multipart/form-data; boundary=${BOUNDARY}`) {
  const { send, cluster, faults } = await openDoor();
  const answer = await send({ method: 'POST', path: '/v2/deployments', headers: [DEMO, ['Content-Type', type]], body });
  expect(faults).toEqual([]);
  return { answer, deployed: cluster.asked.deployed };
}

describe('a deployment', () => {
  it.each([
    ['no part', multipart([])],
    ['no file', multipart([{ name: 'tenantId', content: '<default>' }])],
    ['a field in place of a file', multipart([{ name: 'resources' }])],
  ])('is 400 as Camunda says it with %s', async (_what, body) => {
    const { answer, deployed } = await deploy(body);
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toMatchObject({ title: 'Bad Request', detail: "Required part 'resources' is not present." });
    expect(deployed).toEqual([]);
  });

  it.each([
    ['a file under another name', multipart([FILE, { ...FILE, name: 'other' }])],
    ['a field under another name', multipart([FILE, { name: 'other', content: 'x' }])],
    ['another tenant', multipart([FILE, { name: 'tenantId', content: 't1' }])],
    [
      'a tenant twice',
      multipart([FILE, { name: 'tenantId', content: 't1' }, { name: 'tenantId', content: '<default>' }]),
    ],
    ['a name that writes into a terminal', multipart([{ ...FILE, filename: '\u001b[31mx.bpmn' }])],
    ['no end', multipart([FILE], '')],
    ['half a part', `--${BOUNDARY}\r\nContent-Disposition: form-data; name="resources"; filename="a"\r\n`],
    ['nothing of a multipart body', 'hello'],
    ['nothing at all', ''],
  ])('is 400 with %s', async (_what, body) => {
    const { answer, deployed } = await deploy(body);
    expect(answer.status).toBe(400);
    expect(deployed).toEqual([]);
  });

  it.each([
    ['another boundary', 'multipart/form-data; boundary=other'],
    ['no boundary', 'multipart/form-data; x=y'],
    ['an empty boundary', 'multipart/form-data; boundary='],
  ])('is 400 with %s', async (_what, type) => {
    const { answer, deployed } = await deploy(multipart([FILE]), type);
    expect(answer.status).toBe(400);
    expect(deployed).toEqual([]);
  });

  it.each([
    ['a file of 5 MB', multipart([{ ...FILE, content: 'x'.repeat(5 * 1024 * 1024) }])],
    [
      'files that are 5 MB together',
      multipart(Array.from({ length: 10 }, () => ({ ...FILE, content: 'x'.repeat(512 * 1024) }))),
    ],
    ['101 files', multipart(Array.from({ length: 101 }, () => FILE))],
    [
      '101 fields',
      multipart([FILE, ...Array.from({ length: 101 }, (_, index) => ({ name: `f${index}`, content: 'x' }))]),
    ],
    ['5 MB in front of its parts', 'x'.repeat(5 * 1024 * 1024) + multipart([FILE])],
  ])('is 413 with %s', async (_what, body) => {
    const { answer, deployed } = await deploy(body);
    expect(answer.status).toBe(413);
    expect(jsonOf(answer)).toMatchObject({ title: 'Payload Too Large', status: 413 });
    expect(deployed).toEqual([]);
  });

  it('that is cut off deploys nothing, and the next one is served', async () => {
    const { port, send, cluster, faults } = await openDoor();
    const headers = [DEMO, ['Content-Type', `multipart/form-data; boundary=${BOUNDARY}`]] as const;
    const request = { method: 'POST', path: '/v2/deployments', headers, body: multipart([FILE]) };
    const bytes = requestBytes(port, { ...request, headers: [...headers, ['Content-Length', '100000']] });
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes, () => socket.end()));
      socket
        .on('close', () => resolve())
        .on('error', () => undefined)
        .resume();
    });
    expect(cluster.asked.deployed).toEqual([]);
    expect((await send(request)).status).toBe(200);
    expect(faults).toEqual([]);
  });

  it('is 403 before a byte of it is read', async () => {
    const { port } = await openDoor();
    const headers = [
      basic('reader', 'reader-password'),
      ['Content-Type', `multipart/form-data; boundary=${BOUNDARY}`],
      ['Content-Length', '100000'],
    ] as const;
    const bytes = requestBytes(port, { method: 'POST', path: '/v2/deployments', headers, body: '' });
    const answer = parseAnswer(await exchangeBytes(port, bytes));
    expect(answer.status).toBe(403);
    expect(jsonOf(answer)).toMatchObject({
      detail:
        "Command 'CREATE' rejected with code 'FORBIDDEN': Insufficient permissions to perform operation 'CREATE' on resource 'RESOURCE'",
    });
  });

  it('hands over its files as they came', async () => {
    const body = multipart([
      { ...FILE, content: '<bpmn:ä/>' },
      { ...FILE, filename: '../../etc/ö.bpmn' },
      { name: 'tenantId', content: '<default>' },
    ]);
    const { answer, deployed } = await deploy(body);
    expect(answer.status).toBe(200);
    expect(deployed).toEqual([
      { name: 'order.bpmn', content: '<bpmn:ä/>' },
      { name: 'ö.bpmn', content: '<bpmn/>' },
    ]);
    expect(jsonOf(answer)).toEqual({
      deploymentKey: '2251799813685299',
      tenantId: '<default>',
      deployments: [
        {
          processDefinition: {
            processDefinitionId: 'order',
            processDefinitionVersion: 1,
            processDefinitionKey: '2251799813685250',
            resourceName: 'order.bpmn',
            tenantId: '<default>',
          },
          decisionDefinition: null,
          decisionRequirements: null,
          form: null,
          resource: null,
        },
      ],
    });
  });
});
