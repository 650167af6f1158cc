import type { Authorization, Authorizer } from './authorizer.ts';
import { UnusableCredentialsError } from './errors.ts';
import { RenewedToken, type TokenNeed } from './renewed-token.ts';
import type { AccessToken } from './request-token.ts';
import type { SecretSource } from './secret.ts';

const NOTHING_ELSE = (): boolean => false;

/** For an API without authentication. */
export const anonymous: Authorizer = {
  authorize: () => ({ headers: {}, rejected: NOTHING_ELSE }),
};

/** RFC 7617, with the user's name and password in UTF-8. A password that changed in its file is taken at the next call. */
export function basic(username: string, password: SecretSource): Authorizer {
  if (username === '' || username.includes(':'))
    throw new UnusableCredentialsError(
      `the user name \`${username}\` is empty or has a colon in it: Basic cannot carry it`,
    );
  return {
    authorize: async () => {
      const carried = await password.read();
      const bytes = new TextEncoder().encode(`${username}:${carried.reveal()}`);
      return { headers: { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` }, rejected: NOTHING_ELSE };
    },
  };
}

/** A token from elsewhere: one text, or one that is had anew for every call. It is neither renewed nor kept here. */
export function suppliedToken(token: SecretSource): Authorizer {
  return { authorize: async () => bearer((await token.read()).reveal(), NOTHING_ELSE) };
}

/**
 * Tokens that are fetched, kept and renewed (RFC 6750 section 2.1).
 *
 * @param token or how to come by it, where the issuer has to be asked first where its tokens are
 */
export function renewedBearer(
  token: RenewedToken | ((need?: TokenNeed) => RenewedToken | Promise<RenewedToken>),
): Authorizer {
  let last: { readonly carried: AccessToken; readonly authorization: Authorization } | undefined;
  const carrying = (renewed: RenewedToken, carried: AccessToken): Authorization => {
    if (last?.carried === carried) return last.authorization;
    const authorization = bearer(carried.value, () => renewed.reject(carried));
    last = { carried, authorization };
    return authorization;
  };
  const waiting = async (found: RenewedToken | Promise<RenewedToken>, need: TokenNeed | undefined) => {
    const renewed = await found;
    return carrying(renewed, await renewed.get(need));
  };
  return {
    authorize: (need) => {
      const found = token instanceof RenewedToken ? token : token(need);
      const carried = found instanceof RenewedToken ? found.atHand(need) : undefined;
      return found instanceof RenewedToken && carried !== undefined ? carrying(found, carried) : waiting(found, need);
    },
  };
}

function bearer(value: string, rejected: () => boolean): Authorization {
  if (!/^[\x21-\x7e]+$/.test(value))
    throw new UnusableCredentialsError('the token has characters that no header may have');
  return { headers: { authorization: `Bearer ${value}` }, rejected };
}
