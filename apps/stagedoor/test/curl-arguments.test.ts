import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkedArguments } from '../src/commands/calling/curl-arguments.ts';
import { type CurlOptions, readCurlOptions } from '../src/commands/calling/curl-options.ts';

const HELP = helpOfCurl();
const ADDRESS = 'http://localhost:8080';
let options: CurlOptions;
beforeEach((ctx) => {
  ctx.skip(HELP === undefined, 'curl is missing');
  options = readCurlOptions(HELP ?? '');
});

const check = (...args: readonly string[]) => checkedArguments(args, options, { address: ADDRESS });

describe('what is passed on to curl', () => {
  it.each([
    [['/v2/topology'], [`${ADDRESS}/v2/topology`]],
    [
      ['-sS', '-XPOST', '/v2/a', '-d', '@-'],
      ['-sS', '-XPOST', `${ADDRESS}/v2/a`, '-d', '@-'],
    ],
    [
      ['-sSXPOST', '-d', '/etc/hosts', '/v2/a'],
      ['-sSXPOST', '-d', '/etc/hosts', `${ADDRESS}/v2/a`],
    ],
    [
      ['-H', '/not-an-address', '/v2/a'],
      ['-H', '/not-an-address', `${ADDRESS}/v2/a`],
    ],
    [
      ['--json', '{}', '--url', '/v2/a'],
      ['--json', '{}', '--url', `${ADDRESS}/v2/a`],
    ],
    [
      ['--no-progress-meter', '--no-buffer', '--no-silent', '/a'],
      ['--no-progress-meter', '--no-buffer', '--no-silent', `${ADDRESS}/a`],
    ],
    [
      ['--', '/v2/a'],
      ['--', `${ADDRESS}/v2/a`],
    ],
    [[`${ADDRESS}/v2/{a,b}?x=[1-3]`], [`${ADDRESS}/v2/{a,b}?x=[1-3]`]],
  ])('%j: addresses are completed, and nothing else is touched', (args, passedOn) => {
    expect(check(...args)).toEqual({ args: passedOn, calls: true });
  });

  it('calls nobody without an address', () => {
    expect(check('--version')).toEqual({ args: ['--version'], calls: false });
  });

  it('puts a path below an address that has one itself', () => {
    const target = { address: 'https://bru-2.example.com/cluster-id/' };
    expect(checkedArguments(['/v2/topology'], options, target).args).toEqual([
      'https://bru-2.example.com/cluster-id/v2/topology',
    ]);
  });
});

describe('addresses that are not of the API', () => {
  it.each([
    'http://evil.example/v2/topology',
    'https://localhost:8080/v2/topology',
    'http://localhost:80800/',
    'http://localhost:8080.evil.example/',
    'http://localhost:8080@evil.example/',
    'http://localhost:8080\\@evil.example/',
    'http://localhost:8080?@evil.example/',
    'http://localhost:8080#@evil.example/',
    'http://user@localhost:8080/',
    'http://{localhost:8080,evil.example}/',
    '//evil.example/v2',
    '/\\evil.example/',
    '/v2 http://evil.example/',
    'localhost:8080/v2/topology',
    'file:///etc/passwd',
    '@addresses.txt',
    '-',
    '',
  ])('are refused: %j', (address) => {
    for (const args of [[address], ['--url', address], ['--', address], ['/v2/topology', address]])
      expect(() => check(...args)).toThrow(/curl was not run/);
  });

  it('are not to be had by any text that begins like one of the API', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '@',
      ':',
      '?',
      '#',
      '.',
      '{',
      '}',
      ',',
      'a',
      '%2f',
      '[',
      ']',
      ' ',
      'evil.example',
    );
    const texts = fc.array(piece, { maxLength: 12 }).map((pieces) => `${ADDRESS}${pieces.join('')}`);
    fc.assert(
      fc.property(texts, (text) => {
        let passedOn: string | undefined;
        try {
          [passedOn] = check(text).args;
        } catch {
          return;
        }
        expect(new URL(passedOn ?? '').origin).toBe(ADDRESS);
        expect(passedOn).toMatch(/^http:\/\/localhost:8080(?:\/[^\\\s]*)?$/);
      }),
    );
  });
});

describe('options that would lead the credentials elsewhere', () => {
  it.each([
    ['-K', 'file'],
    ['-Kfile'],
    ['-sK', 'file'],
    ['--config', 'file'],
    ['-L'],
    ['-sSL'],
    ['--location'],
    ['--location-trusted'],
    ['--next'],
    ['-:'],
    ['--expand-url', '{{HOST}}'],
    ['--locat'],
    ['--url=http://evil.example/'],
    ['--no-such-option'],
    ['-\u00e9'],
  ])('are refused: %j', (...args) => {
    expect(() => check('/v2/topology', ...args)).toThrow(/curl was not run/);
  });

  it('are refused without repeating what stands behind an equals sign', () => {
    expect(() => check('--user=demo:canary', '/')).toThrow(/^(?!.*canary).*no option --user/);
  });

  it('are refused where their value is missing, since the next argument would be taken for it', () => {
    expect(() => check('/v2/topology', '-H')).toThrow('-H lacks its value');
  });
});

describe('a curl that does not tell its options', () => {
  it.each(['', 'Usage: curl [options...] <url>\n -v, --verbose  Make the operation more talkative\n'])(
    'is not used',
    (help) => {
      expect(() => readCurlOptions(help)).toThrow(/7\.73/);
    },
  );
});

/** Of the curl of this machine; undefined where there is none. */
function helpOfCurl(): string | undefined {
  try {
    return execFileSync('curl', ['--help', 'all'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}
