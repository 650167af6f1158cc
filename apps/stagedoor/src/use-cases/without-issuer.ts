import { UseCaseError, type UseCases } from '../use-cases.ts';

/** Nor are there keys. */
const withoutKeys: Pick<UseCases, 'key.list' | 'key.rotate'> = { 'key.list': noKeys, 'key.rotate': noKeys };

async function noKeys(): Promise<never> {
  throw new UseCaseError(
    'FOREIGN_ISSUER',
    'the keys are those of the identity provider that is configured: list and rotate them there',
  );
}

/** Beside a foreign issuer there are no clients to register here. */
export function withoutIssuer(useCases: UseCases): UseCases {
  const refused = async (): Promise<never> => {
    throw new UseCaseError(
      'FOREIGN_ISSUER',
      'clients are registered at the identity provider that is configured: register it there, then grant it rights here with grant add',
    );
  };
  return {
    ...useCases,
    'client.create': refused,
    'client.create-with-keys': refused,
    'client.create-with-certificate': refused,
    'client.create-public': refused,
    'client.rotate': refused,
    ...withoutKeys,
  };
}
