import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManagement, type Listener, listen, Metrics } from '../src/index.ts';
import { closeDoors, openDoor } from './open-door.ts';
import { basic, exchange, headerOf, jsonOf } from './raw-http.ts';

let metrics: Metrics;
let ready: () => Promise<boolean>;
let listener: Listener;

beforeEach(async () => {
  metrics = new Metrics();
  ready = async () => true;
  const health = { live: () => true, ready: () => ready() };
  listener = await listen(createManagement({ health, metrics, hosts: [] }), ['127.0.0.1'], 0);
});

afterEach(async () => {
  listener.destroy();
  await listener.drain();
  await closeDoors();
});

const get = (path: string, method = 'GET') => exchange(listener.port, { path, method });

describe('the management port', () => {
  it.each([
    '/',
    '/actuator',
    '/actuator/env',
    '/actuator/heapdump',
    '/actuator/health/',
    '/actuator/health/x',
    '/actuator//health',
    '/actuator/health;x',
    '/actuator/%68ealth',
    '/v2/license',
    '/actuator/../actuator/health',
    '*',
  ])('has nothing at %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])('is for reading only: %s is 405', async (method) => {
    for (const path of ['/actuator/health', '/actuator/prometheus', '/nope'])
      expect((await get(path, method)).status).toBe(405);
  });

  it('is down and not ready before it takes requests and while it drains, and alive all the same', async () => {
    ready = async () => false;
    const health = await get('/actuator/health');
    expect([health.status, jsonOf(health).status]).toEqual([503, 'DOWN']);
    expect((await get('/actuator/health/readiness')).status).toBe(503);
    expect((await get('/actuator/health/liveness')).status).toBe(200);
  });

  it('says nothing of why it cannot say', async () => {
    ready = async () => {
      throw new Error('c4n4ry');
    };
    const answer = await get('/actuator/health/readiness');
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('c4n4ry');
  });

  it('says health and its groups as the original does', async () => {
    const answer = await get('/actuator/health?show=all');
    expect(headerOf(answer, 'content-type')).toBe('application/vnd.spring-boot.actuator.v3+json');
    expect(jsonOf(answer)).toEqual({ status: 'UP', groups: ['liveness', 'readiness'] });
    for (const group of ['liveness', 'readiness'])
      expect(jsonOf(await get(`/actuator/health/${group}`))).toEqual({ status: 'UP' });
    const head = await get('/actuator/health', 'HEAD');
    expect([head.status, head.body]).toEqual([200, '']);
  });

  it('counts for Prometheus by operation, status and code, and never by what callers write', async () => {
    const { send, door } = await openDoor();
    for (const headers of [[basic('demo', 'demo')], [], [basic('demo', 'c4n4ry')]])
      await send({ path: '/v2/topology', headers });
    await send({ path: '/v2/c4n4ry' });
    for (const path of ['/v1/process-instances/1', '/operate/v1/process-instances/1'])
      await send({ path, headers: [basic('demo', 'demo')] });
    Object.assign(door.metrics, { auditDropped: 3, auditFailures: 2 });
    const health = { live: () => true, ready: async () => true };
    const counted = await listen(createManagement({ health, metrics: door.metrics, hosts: [] }), ['127.0.0.1'], 0);
    const answer = await exchange(counted.port, { path: '/actuator/prometheus' });
    counted.destroy();
    await counted.drain();
    expect(headerOf(answer, 'content-type')).toContain('text/plain');
    const line = (name: string) => answer.body.split('\n').find((one) => one.startsWith(name));
    const ofTopology = 'http_server_requests_seconds_count{dialect="orchestration",operation="getTopology"';
    expect(line(`${ofTopology},status="200"}`)).toMatch(/ 1$/);
    expect(line(`${ofTopology},status="401"}`)).toMatch(/ 2$/);
    expect(
      line('http_server_requests_seconds_count{dialect="operate",operation="getProcessInstanceV1",status="404"}'),
    ).toMatch(/ 2$/);
    expect(line('stagedoor_refusals_total{code="CREDENTIALS_MISSING"}')).toMatch(/ 2$/);
    expect(line('stagedoor_refusals_total{code="PASSWORD_REFUSED"}')).toMatch(/ 1$/);
    expect(line('stagedoor_audit_dropped_total')).toMatch(/ 3$/);
    expect(line('stagedoor_audit_failures_total')).toMatch(/ 2$/);
    expect(line('process_cpu_seconds_total')).toBeDefined();
    expect(answer.body).not.toContain('c4n4ry');
  });
});
