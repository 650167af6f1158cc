import { expect, it } from 'vitest';
import { openIssuer, SAAS } from './opened-issuer.ts';

it('knows no client while the records cannot be read: one that was deleted might be among them', async () => {
  const { issuer, commands, change, db, post, close } = await openIssuer();
  try {
    const { clientId, clientSecret } = await change((tx) =>
      commands.insertClient(tx, { name: 'reader', scopes: ['operate'] }),
    );
    const ask = () =>
      post(SAAS, { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret });
    expect((await ask()).status).toBe(200);
    await db.schema.alterTable('issuer_clients').renameTo('elsewhere').execute();
    await expect(issuer.refresh()).rejects.toThrow('no such table');
    expect(issuer.isRegistered(clientId)).toBe(false);
    expect((await ask()).status).toBe(401);
    await db.schema.alterTable('elsewhere').renameTo('issuer_clients').execute();
    await issuer.refresh();
    expect(issuer.isRegistered(clientId)).toBe(true);
    expect((await ask()).status).toBe(200);
  } finally {
    await close();
  }
});
