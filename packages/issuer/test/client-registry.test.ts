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
    await db.schema.alterTable('issuer_meta').renameTo('elsewhere').execute();
    await expect(issuer.refresh()).rejects.toThrow('no such table');
    expect(issuer.isRegistered(clientId)).toBe(false);
    expect((await ask()).status).toBe(401);
    await db.schema.alterTable('elsewhere').renameTo('issuer_meta').execute();
    await issuer.refresh();
    expect(issuer.isRegistered(clientId)).toBe(true);
    expect((await ask()).status).toBe(200);
  } finally {
    await close();
  }
});

it('reads the clients again where one has changed, and for nothing else', async () => {
  const { issuer, commands, change, db, close } = await openIssuer();
  try {
    const { clientId } = await change((tx) => commands.insertClient(tx, { name: 'reader', scopes: ['operate'] }));
    await db.schema.alterTable('issuer_clients').renameTo('elsewhere').execute();
    await issuer.refresh();
    expect(issuer.isRegistered(clientId)).toBe(true);
    await db.schema.alterTable('elsewhere').renameTo('issuer_clients').execute();
    for (const statement of [
      db.updateTable('issuer_clients').set({ name: 'renamed' }).where('client_id', '=', clientId),
      db.updateTable('issuer_clients').set({ name: 'again' }).where('client_id', '=', clientId),
    ]) {
      await statement.execute();
      await issuer.refresh();
    }
    expect(issuer.client(clientId)?.name).toBe('again');
    await db.deleteFrom('issuer_clients').where('client_id', '=', clientId).execute();
    await issuer.refresh();
    expect(issuer.isRegistered(clientId)).toBe(false);
  } finally {
    await close();
  }
});
