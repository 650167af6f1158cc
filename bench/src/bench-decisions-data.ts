import {
  type AccessPolicy,
  AccessSnapshot,
  type KeyedAuthorization,
  type Membership,
  type PermissionRequirement,
  parseId,
  permission,
  type Subject,
} from '@stagedoor/access';

export const POLICY: AccessPolicy = { authorizationsEnabled: true, unprotected: false, tenantChecksEnabled: false };
const READ = permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'found');
const CREATE = permission('PROCESS_DEFINITION', 'CREATE_PROCESS_INSTANCE', 'found');

const OWN_GRANTS = 10;
const ROLE_GRANTS = 50;

export type Question = {
  readonly username: string;
  readonly roles: readonly string[];
  readonly requirement: PermissionRequirement;
  readonly processId: string;
};

/**
 * A company: half of the grants are users' own, ten each, half are roles', fifty each; every user is in two roles, and there
 * is one process for every ten grants. All of it follows from the number of grants.
 */
export class Company {
  readonly grants: number;
  readonly users: number;
  readonly roles: number;
  readonly processes: number;

  constructor(grants: number) {
    this.grants = grants;
    this.users = grants / 2 / OWN_GRANTS;
    this.roles = grants / 2 / ROLE_GRANTS;
    this.processes = grants / 10;
  }

  *authorizations(): Iterable<KeyedAuthorization> {
    for (let index = 0; index < this.grants; index += 1) yield this.authorization(index);
  }

  authorization(index: number): KeyedAuthorization {
    const own = index < this.grants / 2;
    const rest = index - this.grants / 2;
    return {
      authorizationKey: String(index + 1),
      ownerType: own ? 'USER' : 'ROLE',
      ownerId: own ? userName(Math.floor(index / OWN_GRANTS)) : roleName(Math.floor(rest / ROLE_GRANTS)),
      resourceType: 'PROCESS_DEFINITION',
      resourceId: `process-${this.#scattered(index)}`,
      permissionTypes: own ? ['READ_PROCESS_INSTANCE', 'CREATE_PROCESS_INSTANCE'] : ['READ_PROCESS_INSTANCE'],
    };
  }

  rolesOf(user: number): readonly string[] {
    return [roleName(user % this.roles), roleName((user * 7 + 1) % this.roles)];
  }

  snapshot(): AccessSnapshot {
    const memberships: Membership[] = [];
    for (let user = 0; user < this.users; user += 1) {
      for (const containerId of this.rolesOf(user)) {
        memberships.push({ containerType: 'role', containerId, memberType: 'user', memberId: userName(user) });
      }
    }
    const nothing = { users: [], groups: [], roles: [], tenants: [], mappingRules: [] };
    const authorizations = [...this.authorizations()];
    const records = { ...nothing, epoch: 1, memberships, authorizations, administratorHasExisted: true };
    return new AccessSnapshot(records, () => undefined);
  }

  /** Half are about what one of the caller's grants names, half about any process. */
  questions(count: number, amongUsers = this.users): Question[] {
    const random = numbers(7);
    return Array.from({ length: count }, () => {
      const user = random(amongUsers);
      const named = this.authorization(user * OWN_GRANTS + random(OWN_GRANTS)).resourceId;
      const processId = random(2) === 0 && named !== undefined ? named : `process-${random(this.processes)}`;
      const requirement = random(3) === 0 ? CREATE : READ;
      return { username: userName(user), roles: this.rolesOf(user), requirement, processId };
    });
  }

  #scattered(index: number): number {
    return (index * 7919 + Math.floor(index / this.processes)) % this.processes;
  }
}

export function subjectOf(name: string): Subject {
  const parsed = parseId('username', name);
  if (!parsed.ok) throw new TypeError(parsed.problem);
  return { kind: 'user', username: parsed.value };
}

function userName(user: number): string {
  return `user-${user}`;
}

function roleName(role: number): string {
  return `role-${role}`;
}

/** The same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
