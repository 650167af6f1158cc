import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openDataDirectory } from '../src/data-directory.ts';
import { openHouse } from '../src/house.ts';
import { allUseCases } from '../src/use-cases/all-use-cases.ts';
import type { ShownClient } from '../src/use-cases.ts';
import { run } from './run-command.ts';
import { runningProgram } from './running-program.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const THUMBPRINT = 'XjnKqWji0iLQkgE967B4TFgP4laHphZM0bQCPoz5WOc';
const CALLBACK = 'http://127.0.0.1/callback';

async function creating(...options: readonly string[]) {
  const { directory } = await runningProgram();
  const data = ['--data', directory.path];
  const ran = await run(['client', 'create', '--name', 'robot', '--scope', 'operate', ...options, ...data]);
  expect(ran).toMatchObject({ code: 0, err: '' });
  const listed = await run(['client', 'list', ...data]);
  return {
    out: ran.out,
    json: () => JSON.parse(ran.out),
    heading: listed.out.split('\n')[0],
    row: listed.out.split('\n')[1],
  };
}

describe('a client that was created', () => {
  it.each<[readonly string[], readonly string[]]>([
    [[], ['Authenticates with  its secret', 'Tokens bound to     nothing']],
    [['--bind-tokens', 'dpop'], ['Tokens bound to     the key that fetched them (DPoP)']],
    [
      ['--certificate-subject', 'CN=robot'],
      ['(tls_client_auth)', 'Subject             CN=robot', 'Tokens bound to     the certificate'],
    ],
    [['--audience', 'payroll'], ['Audiences           operate.camunda.io operate-api payroll']],
    [['--token-lifetime', '5m'], ['Tokens live         300 s']],
    [
      ['--redirect-uri', CALLBACK, '--post-logout-redirect-uri', 'https://desk.example/bye'],
      [`Redirect URI        ${CALLBACK}`, 'After a logout      https://desk.example/bye'],
    ],
    [
      ['--public', '--redirect-uri', CALLBACK],
      ['it is public', `Redirect URI        ${CALLBACK}`],
    ],
  ])('with %j is shown with how it authenticates and what it has', async (options, texts) => {
    const { out } = await creating(...options);
    for (const text of texts) expect(out).toContain(text);
  });

  it('shows no secret where it has none', async () => {
    const { out } = await creating('--public', '--redirect-uri', CALLBACK);
    expect(out).not.toMatch(/secret/i);
  });

  it('has the members of the contract in JSON, and of the others those that it was given', async () => {
    const contract = ['clientId', 'clientSecret', 'name', 'scopes', 'audiences', 'expires'];
    expect(Object.keys((await creating('--json')).json())).toEqual(contract);
    const more = ['--bind-tokens', 'dpop', '--audience', 'payroll', '--redirect-uri', CALLBACK];
    const client = (await creating('--json', ...more)).json();
    const added = ['bindTokens', 'ownAudiences', 'redirectUris', 'postLogoutRedirectUris'];
    expect(Object.keys(client)).toEqual([...contract, ...added]);
    expect(client).toMatchObject({ bindTokens: 'dpop', ownAudiences: ['payroll'], redirectUris: [CALLBACK] });
  });

  it('says in JSON how it authenticates where that is not by a secret', async () => {
    const { json } = await creating('--json', '--certificate-subject', 'CN=robot');
    expect(json()).toMatchObject({ authentication: 'tls_client_auth', bindTokens: 'certificate' });
    expect(json()).not.toHaveProperty('clientSecret');
  });
});

describe('the table of clients', () => {
  it.each<[readonly string[], string]>([
    [[], 'CLIENT ID     NAME   SCOPES   AUTHENTICATES WITH  CREATED'],
    [['--bind-tokens', 'dpop'], 'AUTHENTICATES WITH  TOKENS BOUND TO  CREATED'],
    [['--audience', 'payroll'], 'AUTHENTICATES WITH  OWN AUDIENCES  CREATED'],
    [['--redirect-uri', CALLBACK], 'AUTHENTICATES WITH  REDIRECT URIS              CREATED'],
  ])('with %j has a column only where a client has something for it', async (options, columns) => {
    expect((await creating(...options)).heading).toContain(columns);
  });

  it.each<[readonly string[], string]>([
    [[], '  secret  '],
    [['--certificate-subject', 'CN=robot'], '  subject CN=robot    certificate  '],
    [['--public', '--redirect-uri', CALLBACK], `  nothing (public)    ${CALLBACK}  `],
  ])('says of one with %j how it authenticates', async (options, cells) => {
    expect((await creating(...options)).row).toContain(cells);
  });
});

it('the list in JSON has the members that docs/command-line.md names', async () => {
  const { directory } = await runningProgram();
  await run(['client', 'create', '--name', 'robot', '--data', directory.path]);
  const [client] = JSON.parse((await run(['client', 'list', '--json', '--data', directory.path])).out);
  const page = readFileSync(new URL('../../../docs/command-line.md', import.meta.url), 'utf8');
  const [, members = ''] = /^\| `client list` \| (.*) \|$/m.exec(page) ?? [];
  const named = [...members.replace(/\([^)]*\)/g, '').matchAll(/`(\w+)`/g)].map(([, name]) => name);
  expect(Object.keys(client).sort()).toEqual(named.sort());
});

describe('the use case client.list', () => {
  it('tells of every kind of client how it authenticates and what it has, and of none its secret', async () => {
    const fail = (error: unknown) => {
      throw error;
    };
    const house = await openHouse({ directory: openDataDirectory(temporaryDirectory()), onFault: fail });
    const useCases = allUseCases(house);
    const client = { name: 'Robot', scopes: ['operate'], grants: false };
    const login = { redirectUris: [CALLBACK], postLogoutRedirectUris: ['https://desk.example/bye'] };
    try {
      const { clientSecret } = await useCases['client.create']({
        ...client,
        id: 'a',
        ...login,
        audiences: ['payroll'],
      });
      const create = useCases['client.create-with-certificate'];
      await create({ ...client, id: 'b', registration: { thumbprints: [THUMBPRINT] } });
      await create({ ...client, id: 'c', registration: { subject: 'CN=robot' }, bindTokens: 'dpop' });
      await useCases['client.create-public']({ ...client, id: 'd', redirectUris: [CALLBACK] });
      const listed = await useCases['client.list']({});
      expect(listed).toMatchObject([
        { clientId: 'a', authentication: 'client_secret', bindTokens: 'none', ownAudiences: ['payroll'], ...login },
        { clientId: 'b', authentication: 'self_signed_tls_client_auth', certificateThumbprints: [THUMBPRINT] },
        { clientId: 'c', authentication: 'tls_client_auth', certificateSubject: 'CN=robot', bindTokens: 'dpop' },
        { clientId: 'd', authentication: 'none', isPublic: true, redirectUris: [CALLBACK] },
      ] satisfies readonly Partial<ShownClient>[]);
      expect(listed[0]?.audiences).toEqual(['operate.camunda.io', 'operate-api', 'payroll']);
      expect(JSON.stringify(listed)).not.toContain(clientSecret);
    } finally {
      await house.close();
    }
  });
});
