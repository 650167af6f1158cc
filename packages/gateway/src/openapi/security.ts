import type { Dialect } from '../dialect.ts';
import type { AuthenticationMethod } from '../door.ts';
import type { Operation } from '../operation.ts';
import { SESSION_COOKIES } from '../sessions/cookies.ts';

const BEARER = { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } as const;
const SESSION = { session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIES.camunda } } as const;
const BASIC = {
  basic: { type: 'http', scheme: 'basic' },
  ...SESSION,
  operateSession: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIES.operate },
} as const;

/** How callers show who they are. Empty where nobody has to. */
export function securitySchemes(method: AuthenticationMethod, dialect: Dialect): Readonly<Record<string, object>> {
  if (dialect.credentials === 'bearer') return BEARER;
  switch (method) {
    case 'none':
      return {};
    case 'basic':
      return BASIC;
    case 'oidc':
      return { ...BEARER, ...SESSION };
  }
}

/** Whether a row asks its callers who they are, in this method. */
export function isGuarded(method: AuthenticationMethod, dialect: Dialect, { requirement }: Operation): boolean {
  return requirement.kind !== 'anonymous' && (method !== 'none' || dialect.credentials === 'bearer');
}
