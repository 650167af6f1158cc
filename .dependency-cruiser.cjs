// The import table of ARCHITECTURE.md, as rules. A row imports only what it names.
const mayImport = {
  access: [],
  tokens: ['access'],
  identity: ['access'],
  issuer: ['access', 'tokens'],
  cluster: [],
  engine: ['cluster'],
  gateway: ['access', 'identity', 'cluster'],
  client: [],
};

const packageRules = Object.entries(mayImport).map(([name, allowed]) => ({
  name: `${name}-imports-only-${allowed.join('-') || 'nothing'}`,
  severity: 'error',
  from: { path: `^packages/${name}/src` },
  to: { path: '^(packages|apps|conformance|bench)/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...packageRules,
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-deep-imports',
      comment: 'Packages meet at their index, never at an inner file.',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/src' },
      to: {
        path: '^packages/([^/]+)/src/(?!(?:node/)?index\\.ts$|node/keystore\\.ts$|environment/nearest-name\\.ts$)',
        pathNot: '^$1/$2/',
      },
    },
    {
      name: 'dialects-are-strangers',
      severity: 'error',
      from: { path: '^packages/gateway/src/dialects/([^/]+)/' },
      to: { path: '^packages/gateway/src/dialects/', pathNot: '^packages/gateway/src/dialects/$1/' },
    },
    {
      name: 'access-is-pure',
      comment: 'No HTTP, no SQL, no clock, no library.',
      severity: 'error',
      from: { path: '^packages/(access|cluster)/src' },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    {
      name: 'client-runs-in-browsers',
      comment: 'What needs Node is in a folder of its own.',
      severity: 'error',
      from: { path: '^packages/client/src/(?!node/)' },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    {
      name: 'jose-only-in-tokens',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: '^packages/tokens/|/test/' },
      to: { path: 'node_modules/jose/' },
    },
    {
      name: 'no-tests-in-sources',
      severity: 'error',
      from: { path: '/src/' },
      to: { path: '/test/|\\.test\\.ts$' },
    },
    {
      name: 'no-drawers',
      severity: 'error',
      from: {},
      to: { path: '^(packages|apps|conformance|bench)/.*(^|/)(utils?|helpers?|common|shared|misc)(/|\\.)' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)node_modules/(?!jose/)' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
