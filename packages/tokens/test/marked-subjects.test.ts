import { describe, expect, it } from 'vitest';
import type { SubjectMark, SubjectRule } from '../src/index.ts';
import { findPolicyProblems } from '../src/issuer-policy.ts';
import { subjectOfClaims } from '../src/token-subject.ts';
import { foreignPolicy, mutableKeys } from './foreign-issuer.ts';

const marked = (mark: SubjectMark): SubjectRule => ({
  kind: 'marked',
  usernameClaim: 'oid',
  clientIdClaim: 'azp',
  mark,
});
const USERS = marked({ of: 'user', claim: 'scp' });
const CLIENTS = marked({
  of: 'client',
  values: [{ claim: 'gty', oneOf: ['client-credentials', 'client_credentials'] }],
});

function named(subject: SubjectRule, claims: Readonly<Record<string, unknown>>): unknown {
  const parsed = subjectOfClaims(claims, { subject });
  return parsed.ok ? parsed.value.token.subject : parsed.problem;
}

const BOTH = { oid: 'person', azp: 'program' };
const USER = { kind: 'user', username: 'person' };
const CLIENT = { kind: 'client', clientId: 'program' };

describe('a token with the claims of a user and of a client', () => {
  it('is the user’s where the claim is there that no client’s has, whatever it says', () => {
    for (const scp of ['read', '', ['read'], false, 0])
      expect([scp, named(USERS, { ...BOTH, scp })]).toEqual([scp, USER]);
  });

  it('is the client’s where that claim is missing, or is null', () => {
    expect(named(USERS, BOTH)).toEqual(CLIENT);
    expect(named(USERS, { ...BOTH, scp: null })).toEqual(CLIENT);
  });

  it('is the client’s where a claim has a value that no user’s has', () => {
    expect(named(CLIENTS, { ...BOTH, gty: 'client-credentials' })).toEqual(CLIENT);
    expect(named(CLIENTS, { ...BOTH, gty: 'client_credentials' })).toEqual(CLIENT);
  });

  it.each(['password', 'Client-Credentials', ['client-credentials'], { 'client-credentials': true }, null, undefined])(
    'is the user’s where that claim is %j',
    (gty) => {
      expect(named(CLIENTS, { ...BOTH, gty })).toEqual(USER);
    },
  );

  it('needs every value where there are several', () => {
    const two = marked({
      of: 'client',
      values: [
        { claim: 'idtyp', oneOf: ['app'] },
        { claim: '$.act.kind', oneOf: ['program'] },
      ],
    });
    expect(named(two, { ...BOTH, idtyp: 'app', act: { kind: 'program' } })).toEqual(CLIENT);
    expect(named(two, { ...BOTH, idtyp: 'app' })).toEqual(USER);
    expect(named(two, { ...BOTH, act: { kind: 'program' } })).toEqual(USER);
  });
});

describe('a token that lacks the name of its own kind', () => {
  it('names nobody, and never falls through to the name of the other kind', () => {
    expect(named(USERS, { azp: 'program', scp: 'read' })).toBe(
      "is a user's and does not have the claim that names one",
    );
    expect(named(USERS, { oid: 'person' })).toBe("is a client's and does not have the claim that names one");
    expect(named(CLIENTS, { oid: 'person', gty: 'client-credentials' })).toBe(
      "is a client's and does not have the claim that names one",
    );
  });

  it('names nobody by a claim that is no name', () => {
    for (const azp of [7, ['program'], '', {}]) expect(named(USERS, { oid: 'person', azp })).toMatch(/^names nobody: /);
  });
});

it('a mark that cannot be read is a problem of its policy', () => {
  const problemsOf = (mark: SubjectMark) =>
    findPolicyProblems([foreignPolicy(mutableKeys(), { subject: marked(mark) })]);
  expect(problemsOf({ of: 'user', claim: '$.[' })).toEqual([expect.stringContaining('cannot be read')]);
  expect(problemsOf({ of: 'client', values: [{ claim: '', oneOf: ['app'] }] })).toEqual([
    expect.stringContaining('cannot be read'),
  ]);
});
