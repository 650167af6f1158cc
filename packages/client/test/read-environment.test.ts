import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readEnvironment, shownValue } from '../src/index.ts';

describe('what the environment says', () => {
  it.each([
    ['documentation, 8.6', 'ZEEBE_CLIENT_ID', 'clientId'],
    ['documentation since', 'CAMUNDA_CLIENT_ID', 'clientId'],
    ['documentation, 8.6', 'ZEEBE_AUTHORIZATION_SERVER_URL', 'tokenUrl'],
    ['Java client', 'CAMUNDA_AUTHORIZATION_SERVER_URL', 'tokenUrl'],
    ['JS SDKs', 'CAMUNDA_OAUTH_URL', 'tokenUrl'],
    ['Java client', 'CAMUNDA_TOKEN_SCOPE', 'scope'],
    ['orchestration-cluster-api', 'CAMUNDA_OAUTH_SCOPE', 'scope'],
    ['8.6', 'ZEEBE_TOKEN_AUDIENCE', 'audience'],
    ['sdk', 'CAMUNDA_OPERATE_OAUTH_AUDIENCE', 'operateAudience'],
    ['Java client', 'OAUTH_SSL_CLIENT_CERT_PATH', 'certificateFile'],
    ['sdk', 'CAMUNDA_CUSTOM_CERT_CHAIN_PATH', 'certificateFile'],
    ['orchestration-cluster-api', 'CAMUNDA_MTLS_CERT_PATH', 'certificateFile'],
    ['Java client', 'CAMUNDA_CA_CERTIFICATE_PATH', 'authorityFile'],
  ] as const)('is understood as %s spells it: %s', (_who, name, meaning) => {
    const { values, slips } = readEnvironment({ [name]: 'said' });
    expect(values[meaning]).toMatchObject({ name, alsoIn: [] });
    expect(values[meaning]?.value.reveal()).toBe('said');
    expect(slips).toEqual([]);
  });

  it('names who won where several say the same', () => {
    const { values } = readEnvironment({ ZEEBE_CLIENT_ID: 'a', CAMUNDA_CLIENT_ID: 'a' });
    expect(values.clientId).toMatchObject({ name: 'CAMUNDA_CLIENT_ID', alsoIn: ['ZEEBE_CLIENT_ID'] });
  });

  it('is a contradiction where two names say different things, and then neither counts', () => {
    const { values, contradictions } = readEnvironment({ ZEEBE_CLIENT_SECRET: 'one', CAMUNDA_CLIENT_SECRET: 'other' });
    expect(values.clientSecret).toBeUndefined();
    expect(contradictions).toEqual([
      expect.objectContaining({
        meaning: 'clientSecret',
        names: ['CAMUNDA_CLIENT_SECRET', 'ZEEBE_CLIENT_SECRET'],
      }),
    ]);
  });

  it('is nothing where a variable is empty', () => {
    const { values, contradictions } = readEnvironment({ CAMUNDA_CLIENT_ID: '', ZEEBE_CLIENT_ID: 'a' });
    expect(values.clientId?.name).toBe('ZEEBE_CLIENT_ID');
    expect(contradictions).toEqual([]);
  });

  it('shows no secret, neither by itself nor when it is printed whole', () => {
    const reading = readEnvironment({
      CAMUNDA_CLIENT_SECRET: 's3cret',
      CAMUNDA_OAUTH_URL: 'https://issuer.example.com',
    });
    const { clientSecret, tokenUrl } = reading.values;
    if (clientSecret === undefined || tokenUrl === undefined) throw new Error('not read');
    expect(shownValue('clientSecret', clientSecret)).toBe('[secret]');
    expect(shownValue('tokenUrl', tokenUrl)).toBe('https://issuer.example.com');
    expect(`${inspect(reading, { depth: 9, showHidden: true })}${JSON.stringify(reading)}`).not.toContain('s3cret');
  });
});

describe('a slip of the pen', () => {
  it.each([
    ['CAMUNDA_CLIENTID', 'CAMUNDA_CLIENT_ID'],
    ['CAMUNDA_CLIENT_SECERT', 'CAMUNDA_CLIENT_SECRET'],
    ['ZEEBE_CLIENTSECRET', 'ZEEBE_CLIENT_SECRET'],
    ['CAMUNDA_OAUTH_URI', 'CAMUNDA_OAUTH_URL'],
    ['CAMUNDA_AUTH_STRATEGIE', 'CAMUNDA_AUTH_STRATEGY'],
    ['CAMUDNA_CLIENT_ID', 'CAMUNDA_CLIENT_ID'],
  ])('is told: %s', (name, meant) => {
    expect(readEnvironment({ [name]: 'x' }).slips).toEqual([{ name, meant }]);
  });

  it.each([
    'PATH',
    'CLIENT_ID',
    'CAMUNDA_WORKER_TIMEOUT',
    'CAMUNDA_SDK_LOG_LEVEL',
    'ZEEBE_GRPC_ADDRESS',
    'CAMUNDA_SECURITY_AUTHENTICATION_METHOD',
    'CAMUNDA_DEFAULT_TENANT_ID',
  ])('is not seen in a name that is somebody else’s: %s', (name) => {
    expect(readEnvironment({ [name]: 'x' }).slips).toEqual([]);
  });
});
