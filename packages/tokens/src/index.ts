export {
  ASSERTION_ALGORITHMS,
  type AssertionKey,
  readAssertionKeys,
  writeAssertionKeys,
} from './assertion-keys.ts';
export { isClaimPath, readClaim } from './claim-path.ts';
export { isSignedByClient, nobodysKeys, readClientAssertion } from './client-assertion.ts';
export { readCompactToken } from './compact-token.ts';
export { proofFiles } from './dpop-proof-files.ts';
export { type DpopProofs, openDpopProofs } from './dpop-proofs.ts';
export type { Fetch, FetchedResponse } from './fetch-document.ts';
export { fileKeyStore } from './file-key-store.ts';
export {
  type ClaimPin,
  DEFAULT_CLOCK_SKEW_SECONDS,
  EMBEDDED_TOKEN_TYPES,
  FOREIGN_TOKEN_TYPES,
  type IssuerPolicy,
  IssuerPolicyError,
  meetsPin,
  type SubjectMark,
  type SubjectRule,
  type TokenTypes,
} from './issuer-policy.ts';
export {
  type DescribedKey,
  KEY_LEAD_MILLISECONDS,
  KEY_RETIREMENT_MILLISECONDS,
  type KeyState,
} from './key-schedule.ts';
export type { KeyAnswer, KeySource } from './key-source.ts';
export { localKeySource } from './local-key-source.ts';
export { type GenerateKey, generatePrivateKey, type PublishedKey } from './private-key.ts';
export { type RemoteKeySource, type RemoteKeySourceOptions, remoteKeySource } from './remote-key-source.ts';
export { isSignatureAlgorithm, SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from './signature-algorithm.ts';
export { isSignedByOne } from './signed-by-one.ts';
export {
  type KeyRotation,
  KeyRotationUnderWay,
  type OpenSigningKeys,
  openSigningKeys,
  openStoredSigningKeys,
  type SigningKeys,
} from './signing-keys.ts';
export {
  type KeyStore,
  KeyStoreError,
  type KeyStoreErrorCode,
  type PrivateJwk,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type StoredKey,
} from './stored-key.ts';
export { parseJsonObject } from './strict-json.ts';
export { subjectOfClaims } from './token-subject.ts';
export { createTokenVerifier, type TokenVerifierOptions } from './token-verifier.ts';
