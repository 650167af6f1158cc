import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { clientEnvironment, exportLines } from '../src/commands/client-environment.ts';
import { shellQuote } from '../src/shell-quote.ts';

const HOSTILE = [
  "it's",
  "'; exit 3; '",
  '$(exit 3)',
  '`exit 3`',
  '"',
  '\\',
  "\\'",
  '!!',
  '*',
  '~',
  'a b  c',
  '-n',
  "'",
  "''",
  '',
  '名前',
  '$HOME',
  'a;b&c|d',
];

describe('a quoted word', () => {
  it.each(HOSTILE)('is one word for a real shell, and exactly the text: %j', (text) => {
    const printed = execFileSync('sh', ['-c', `printf '[%s]' ${shellQuote(text)}`], { encoding: 'utf8' });
    expect(printed).toBe(`[${text}]`);
  });
});

describe('the lines of --env', () => {
  it('set every variable to exactly its value in the shell that evaluates them', () => {
    const client = {
      clientId: HOSTILE.join(''),
      clientSecret: "s'e$(touch x)c",
      name: 'n',
      scopes: [],
      audiences: [],
      expires: null,
      bindTokens: 'none' as const,
    };
    const addresses = {
      authority: "/tls/o'hara.pem",
      rest: "http://a'b",
      issuer: 'http://$(id)',
      clusterId: '`id`',
      region: "'",
    };
    const environment = clientEnvironment(client, addresses);
    const script = 'eval "$1"; shift; for name; do eval "printf \'%s\\0\' \\"\\$$name\\""; done';
    const names = Object.keys(environment);
    const printed = execFileSync('sh', ['-c', script, 'sh', exportLines(environment), ...names], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
    expect(printed.split('\0').slice(0, -1)).toEqual(Object.values(environment));
  });

  it('are passed on to the commands that follow', () => {
    const lines = exportLines({ STAGEDOOR_TRIED: "it's" });
    expect(
      execFileSync('sh', ['-c', 'eval "$1"; sh -c "printenv STAGEDOOR_TRIED"', 'sh', lines], { encoding: 'utf8' }),
    ).toBe("it's\n");
  });
});
