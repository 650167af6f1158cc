import type { Actor } from '@stagedoor/access';
import { type ClientRegistry, RegistrationError } from '@stagedoor/gateway';
import type { Issuer } from '@stagedoor/issuer';
import { UseCaseError, type UseCases } from '../use-cases.ts';

const CODES: Readonly<Record<string, RegistrationError['code']>> = {
  NOT_FOUND: 'NOT_FOUND',
  ALREADY_EXISTS: 'ALREADY_EXISTS',
};

/** The administration dialect's registry: the same use cases as the command line's, within the scopes of the one who asks. */
export function registeredClients(useCasesBy: (actor: Actor) => UseCases, issuer: Issuer): ClientRegistry {
  return {
    create: async ({ name, scopes, creator, actor }) => {
      const own = issuer.client(creator)?.scopes ?? [];
      const wanted = scopes ?? own;
      if (own.length === 0 || wanted.some((scope) => !own.includes(scope))) {
        throw new RegistrationError('FORBIDDEN', 'A client can give a new client only scopes that it has itself.');
      }
      return asked(useCasesBy(actor)['client.create']({ name, scopes: wanted, grants: true }));
    },
    list: async () => issuer.clients(),
    delete: async (clientId, actor) => {
      await asked(useCasesBy(actor)['client.delete']({ id: clientId }));
    },
  };
}

async function asked<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    if (!(error instanceof UseCaseError)) throw error;
    throw new RegistrationError(CODES[error.code] ?? 'INVALID_ARGUMENT', error.message, { cause: error });
  }
}
