import { describe, expect, it } from 'vitest';
import { accepted, entry, refused } from './resolve-with.ts';

describe('application.yaml', () => {
  it.each([
    'camunda:\n  security:\n    authentication:\n      unprotected-api: false',
    'camunda.security: { authentication.unprotectedApi: no }',
    'camunda.security.authentication.unprotected_api: "FALSE"',
    'Camunda.SECURITY.authentication.unprotectedapi: off',
    '---\ncamunda.security.authentication.unprotected-api: False\n---\n',
    'x: &x { unprotected-api: false }\ncamunda.security.authentication: *x',
    'x: &x { unprotected-api: true }\ncamunda.security.authentication:\n  <<: *x\n  unprotected-api: false',
    'x: &x { unprotected-api: false }\ny: &y { unprotected-api: true }\ncamunda.security.authentication: { <<: [*x, *y] }',
  ])('reads %j', (yaml) => {
    expect(accepted({ yaml }).configuration.method).toBe('basic');
  });

  it('keeps a text as it is written', () => {
    const yaml =
      'camunda.security.initialization.users:\n  - { username: ann, password: 0123 }\n  - { username: bob, password: "null" }';
    const { users } = accepted({ options: { method: 'basic' }, yaml }).configuration.initialization;
    expect(users.map(({ password }) => password.reveal())).toEqual(['0123', 'null']);
  });

  it.each(['', '# nothing', '---', 'camunda.security:\n', 'server.port:\n', 'server.port: ~\n', 'server.port: ""\n'])(
    'takes %j for nothing said',
    (yaml) => {
      expect(accepted({ yaml }).configuration.server.port).toBe(8080);
    },
  );

  it('takes [] for an empty list, which replaces that of the profile', () => {
    const { initialization } = accepted({ yaml: 'camunda.security.initialization.users: []' }).configuration;
    expect(initialization.users).toEqual([]);
  });

  it('knows the line of a key', () => {
    const given = accepted({ yaml: 'server:\n  # the port\n  port: 8081\n' });
    expect(entry(given, 'server.port')).toMatchObject({
      shown: 8081,
      origin: { kind: 'file', path: 'application.yaml', line: 3 },
    });
  });

  it('keeps a claim that is a URL in one piece', () => {
    const yaml = `
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: https://login.cloud.camunda.io, audiences: [zeebe.camunda.io] }
stagedoor.oidc.pins:
  https://camunda.com/orgId: one
  "[https://camunda.com/clusterId]": [two, three]
`;
    const [provider] = accepted({ yaml }).configuration.providers;
    expect(provider).toMatchObject({
      pins: new Map([
        ['https://camunda.com/orgId', ['one']],
        ['https://camunda.com/clusterId', ['two', 'three']],
      ]),
    });
  });
});

describe('placeholders', () => {
  const region = (text: string, environment = {}) =>
    accepted({ yaml: `stagedoor.region: ${text}`, environment }).configuration.cluster.region;

  it('are filled from the environment', () => {
    expect(region(`'\${WHERE}'`, { WHERE: 'bru-2' })).toBe('bru-2');
    expect(region(`'\${WHERE}-\${N}'`, { WHERE: 'bru', N: '2' })).toBe('bru-2');
  });

  it('take their default, which may hold another one', () => {
    expect(region(`'\${WHERE:bru-1}'`)).toBe('bru-1');
    expect(region(`'\${WHERE:\${ELSE:lux-1}}'`)).toBe('lux-1');
    expect(region(`'\${WHERE:\${ELSE:lux-1}}'`, { ELSE: 'ams' })).toBe('ams');
  });

  it('count as nothing said where they are empty', () => {
    expect(region(`'\${WHERE:}'`)).toBe('local');
  });

  it('do not read again what they put in', () => {
    const yaml = `camunda.security.initialization.users: [{ username: ann, password: "\${PW}" }]`;
    const { users } = accepted({ options: { method: 'basic' }, yaml, environment: { PW: `a\${HOME}b`, HOME: '/root' } })
      .configuration.initialization;
    expect(users[0]?.password.reveal()).toBe(`a\${HOME}b`);
  });

  it('refuse the start without variable and default', () => {
    expect(refused({ yaml: `\nstagedoor.region: '\${WHERE}'` })).toEqual([
      `stagedoor.region (application.yaml:2) needs the environment variable WHERE, which is not set: set it, or write a default as in \${NAME:default}`,
    ]);
  });

  it('know no names that every object has', () => {
    expect(refused({ yaml: `stagedoor.region: '\${toString}'` })[0]).toContain(
      'needs the environment variable toString',
    );
  });

  it('end at a depth that nobody writes', () => {
    const yaml = `stagedoor.region: '${'${A:'.repeat(100)}x${'}'.repeat(100)}'`;
    expect(refused({ yaml })[0]).toContain('needs the environment variable A');
  });
});

describe('a file that cannot be used', () => {
  it.each([
    [
      'a: [1,\nb: 2\n',
      'application.yaml:2 is not valid YAML: the indentation does not fit, or a bracket is not closed',
    ],
    [
      'a: secret: more\n',
      'application.yaml:1 is not valid YAML: a second colon stands in one line: put the text into quotes',
    ],
    ['a: 1\n\na: 2\n', 'application.yaml:3 is not valid YAML: a key stands there twice'],
    ['a:\n\tb: 1\n', 'application.yaml:2 is not valid YAML: a tab stands where spaces must indent'],
    ['? [a]\n: b\n', 'application.yaml:1 is not valid YAML: a key is a list or a mapping'],
    ['a: !!int 1\n', 'application.yaml:1 is not valid YAML: tags are not supported'],
    ['a: !!str 1\n', 'application.yaml:1 has a tag: tags are not supported'],
    ['- a\n', 'application.yaml:1 is not a mapping of keys: write `key: value` lines'],
    ['just a text', 'application.yaml:1 is not a mapping of keys: write `key: value` lines'],
    ['a: *b\n', 'application.yaml:1 names an anchor that does not stand above it'],
    [
      'a: 1\n---\n\nb: 2\n',
      "application.yaml:4 begins a second document: put everything into one, and use --profile or stagedoor.profile in place of Spring's profiles",
    ],
    [
      '\nspring.config.activate.on-profile: dev\n',
      'spring.config.activate (application.yaml:2) is not supported: put what applies into this one file',
    ],
    [
      'spring:\n  config:\n    import: other.yaml\n',
      'spring.config.import (application.yaml:3) is not supported: put what applies into this one file',
    ],
  ])('%j: one sentence with its line', (yaml, sentence) => {
    expect(refused({ yaml })).toEqual([sentence]);
  });

  it('never quotes the file, which holds secrets', () => {
    for (const yaml of [
      'a: "canary',
      'a: canary: canary',
      'canary\nb: 1\n- c',
      '@canary',
      'a: }canary',
      '%canary',
      'a: |canary\n x',
    ]) {
      expect(refused({ yaml }).join('\n')).not.toContain('canary');
    }
  });

  it('refuses nesting without end', () => {
    const [error, ...others] = refused({ yaml: '['.repeat(50_000) });
    expect(error).toContain('application.yaml:1 is not valid YAML');
    expect(others).toEqual([]);
    expect(refused({ yaml: 'a: &a { b: *a }' })[0]).toContain('too large or too deep once its aliases are followed');
  });

  it('refuses aliases that multiply', () => {
    const levels = Array.from({ length: 12 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}*l${n}]`);
    expect(refused({ yaml: ['l0: &l0 [x]', ...levels].join('\n') })[0]).toContain('too large or too deep');
  });

  it('refuses merges that multiply', () => {
    const levels = Array.from({ length: 30 }, (_, n) => `l${n + 1}: &l${n + 1} { <<: [*l${n}, *l${n}] }`);
    expect(refused({ yaml: ['l0: &l0 { x: 1 }', ...levels].join('\n') })[0]).toContain('too large or too deep');
    const nested = Array.from({ length: 30 }).reduce<string>(
      (inner, _, n) => `{ <<: [&a${n} ${inner}, *a${n}] }`,
      '{ x: 1 }',
    );
    expect(refused({ yaml: `k: ${nested}` })[0]).toContain('too large or too deep');
  });

  it('refuses a file that is too large to be one', () => {
    expect(refused({ yaml: `a: ${'x'.repeat(1_048_576)}` })).toEqual([
      'application.yaml is larger than 1 MiB: that is no configuration file',
    ]);
  });

  it('still says what is wrong elsewhere', () => {
    expect(refused({ yaml: 'a: [', environment: { SERVER_PORT: 'x' } })).toHaveLength(2);
  });
});
