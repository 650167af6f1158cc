import type { PasswordVerifier, UserRecord } from '@stagedoor/access';

/** The people who may log in: the users that Basic knows, by the same passwords and the same limits on guessing. */
export type People = {
  readonly passwords: PasswordVerifier;
  /** As he is at this moment; undefined where he is not there. A changed password changes `credentialVersion`. */
  user(username: string): Pick<UserRecord, 'username' | 'name' | 'email' | 'credentialVersion'> | undefined;
};
