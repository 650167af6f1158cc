import { afterEach, describe, expect, it } from 'vitest';
import { closeDoors, openDoor } from './open-door.ts';
import { basic, jsonOf } from './raw-http.ts';

afterEach(closeDoors);

const MARY = basic('mary', 'pässwörd:with:colons');

describe('the whole cluster', () => {
  it('is well for everybody while it is, and 503 when it is not', async () => {
    const well = await openDoor();
    expect(await well.send({ path: '/cluster/v2/status' })).toMatchObject({ status: 200, body: '' });
    const ill = await openDoor({ cluster: { healthy: async () => false } });
    expect(jsonOf(await ill.send({ path: '/cluster/v2/status' }))).toMatchObject({ status: 503, title: 'UNAVAILABLE' });
  });

  it('has the topology of the cluster, for everybody with a name and for nobody else', async () => {
    const { send } = await openDoor();
    expect((await send({ path: '/cluster/v2/topology' })).status).toBe(401);
    const whole = await send({ path: '/cluster/v2/topology', headers: [MARY] });
    expect(whole.status).toBe(200);
    expect(jsonOf(whole)).toEqual(jsonOf(await send({ path: '/v2/topology', headers: [MARY] })));
  });

  it('takes no parameter that it does not know', async () => {
    const { send } = await openDoor();
    for (const path of ['/cluster/v2/status', '/cluster/v2/topology'])
      expect((await send({ path: `${path}?verbose=true`, headers: [MARY] })).status, path).toBe(400);
  });

  it('is 404 where it has nothing to say, after its caller has said who he is', async () => {
    const { send } = await openDoor();
    expect((await send({ path: '/cluster/v2/nothing' })).status).toBe(401);
    expect(jsonOf(await send({ path: '/cluster/v2/nothing', headers: [MARY] }))).toMatchObject({
      status: 404,
      title: 'Not Found',
    });
    expect((await send({ path: '/cluster', headers: [MARY] })).status).toBe(404);
  });
});
