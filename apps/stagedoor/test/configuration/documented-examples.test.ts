import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../src/configuration/preset.ts';
import { accepted } from './resolve-with.ts';

const pageOf = (name: string) => readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8');
const examplesOf = (page: string) => [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml = '']) => yaml);

describe.each([
  ['identity-providers.md', 7],
  ['behind-a-proxy.md', 2],
])('every example of docs/%s', (name, count) => {
  const examples = examplesOf(pageOf(name));

  it('is found', () => {
    expect(examples).toHaveLength(count);
  });

  it.each(examples)('starts: %s', (yaml) => {
    const { configuration } = accepted({ yaml });
    expect(configuration.providers[0].kind).toBe(yaml.includes('issuer-uri') ? 'foreign' : 'embedded');
  });
});

describe('the table of presets in docs/identity-providers.md', () => {
  const rows = [...pageOf('identity-providers.md').matchAll(/^\| `([\w-]+)` \| `(\w+)` \| `(\w+)` \| (.*?) \|/gm)];

  it('has every preset', () => {
    expect(rows.map(([, preset]) => preset)).toEqual(PRESETS);
  });

  it.each(rows.map(([, ...row]) => row))('tells what is known of %s', (preset, username, clientId, known) => {
    const yaml = `
camunda.security.authentication: { method: oidc, oidc: { issuer-uri: "https://idp.example"${preset === 'cognito' ? '' : ', audiences: a'} } }
stagedoor.oidc: { providers: { oidc: { preset: ${preset} } }, pins: { tid: t, org: o, cluster: c, client_id: i } }`;
    const [provider] = accepted({ yaml }).configuration.providers;
    if (provider.kind !== 'foreign') throw new Error('the issuer of the example is a foreign one');
    const { usernameClaim, clientIdClaim, mark } = provider;
    expect([usernameClaim, clientIdClaim]).toEqual([username, clientId]);
    const words =
      mark === null
        ? `\`${clientId}\``
        : mark.of === 'user'
          ? `no \`${mark.claim}\``
          : mark.values.map(({ claim, oneOf }) => `\`${claim}: ${oneOf.join()}\``).join();
    expect(known).toBe(words);
  });
});
