import type { OpenidClient } from './provider-client.ts';
import { ProviderAway, UnreadAnswer } from './provider-fetch.ts';

/** What went wrong, in words of ours and in codes of the specifications alone: anybody can write an `error_description`. */
export function problemOf(openid: OpenidClient, error: unknown): string {
  if (error instanceof openid.AuthorizationResponseError) return `it answers ${codeOf(error.error)}`;
  if (error instanceof openid.ResponseBodyError) return `its token endpoint answers ${codeOf(error.error)}`;
  const said = causeOf(error, ProviderAway) ?? causeOf(error, UnreadAnswer);
  if (said !== null) return said.message;
  if (error instanceof openid.ClientError) return `its answer is refused (${error.code ?? 'unknown'})`;
  return `its answer is refused (${error instanceof Error ? error.name : 'unknown'})`;
}

export function isAway(error: unknown): boolean {
  return causeOf(error, ProviderAway) !== null;
}

function codeOf(code: string): string {
  return /^[a-z_]{1,40}$/.test(code) ? code : 'an error without a code';
}

/** openid-client wraps what its `fetch` throws. */
function causeOf<E extends Error>(error: unknown, wanted: new (...given: never[]) => E): E | null {
  if (error instanceof wanted) return error;
  return error instanceof Error && error.cause !== undefined ? causeOf(error.cause, wanted) : null;
}
