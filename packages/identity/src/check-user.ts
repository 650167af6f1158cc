import { parseId, type Username } from '@stagedoor/access';
import { type Checked, isPrintable, quoted } from './checked.ts';
import { hashProblems } from './passwords/password-or-hash.ts';

export type NewUser = {
  readonly username: string;
  readonly password: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
};

export type CheckedUser = {
  readonly username: Username;
  readonly password: string;
  readonly name: string;
  readonly email: string;
};

/** Bytes of UTF-8. Longer ones are never stored, so the door need not hash them either. */
export const MAX_PASSWORD_BYTES = 1024;
const MAX_NAME_LENGTH = 256;
const MAX_EMAIL_LENGTH = 320;
const EMAIL = /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/;

/** Checks a user as Camunda does (facts, sections 2.2 and 3). Whether the name is free is not checked. */
export function checkUser(input: NewUser, idPattern: RegExp): Checked<CheckedUser> {
  const username = parseId('username', input.username, idPattern);
  const { password, name = '', email = '' } = input;
  const problems = [
    ...(username.ok ? [] : [username.problem]),
    ...passwordProblems(password),
    ...nameProblems(name),
    ...emailProblems(email),
  ];
  if (!username.ok || problems.length > 0) return { ok: false, problems };
  return { ok: true, value: { username: username.value, password, name, email } };
}

export type UserUpdate = {
  readonly username: string;
  readonly password?: string | undefined;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
};

/** Null is a value that stays as it is. */
export type CheckedUserUpdate = {
  readonly password: string | null;
  readonly name: string | null;
  readonly email: string | null;
};

/** An empty password is none. Whether there is such a user is not checked. */
export function checkUserUpdate({ password = '', name, email }: UserUpdate): Checked<CheckedUserUpdate> {
  const problems = [
    ...(password === '' ? [] : passwordProblems(password)),
    ...nameProblems(name ?? ''),
    ...emailProblems(email ?? ''),
  ];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: { password: password === '' ? null : password, name: name ?? null, email: email ?? null } };
}

export function passwordProblems(password: string): string[] {
  if (password.trim() === '') return ['No password provided'];
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) {
    return [`The provided password exceeds the limit of ${MAX_PASSWORD_BYTES} bytes`];
  }
  // A half of a character is hashed as U+FFFD, which other texts are hashed as too.
  return password.isWellFormed() ? hashProblems(password) : ['The provided password is not well-formed Unicode'];
}

function nameProblems(name: string): string[] {
  if (name.length > MAX_NAME_LENGTH) return [`The provided name exceeds the limit of ${MAX_NAME_LENGTH} characters`];
  return isPrintable(name) ? [] : ['The provided name contains illegal characters'];
}

function emailProblems(email: string): string[] {
  if (email === '') return [];
  if (email.length > MAX_EMAIL_LENGTH)
    return [`The provided email exceeds the limit of ${MAX_EMAIL_LENGTH} characters`];
  return isPrintable(email) && EMAIL.test(email) ? [] : [`The provided email ${quoted(email)} is not valid`];
}
