import { type Membership, type MemberType, type OwnerType, parseId } from '@stagedoor/access';
import { ENTITY_TYPES, OPERATION_NAMES } from './check-record.ts';
import { quoted } from './checked.ts';
import { IdentityError, invalidArgument, type RejectedCommand } from './identity-error.ts';
import type { ActingParts } from './identity-parts.ts';
import { addMemberships, removeMemberships } from './membership-rows.ts';
import { findNamedRecord } from './named-record-rows.ts';
import { changeRecords, type RecordChange } from './record-change.ts';
import { isRecorded } from './recorded-ids.ts';
import type { IdentityDatabase } from './tables.ts';

export type MemberName = {
  readonly container: Membership['containerType'];
  readonly containerId: string;
  readonly memberType: MemberType;
  readonly memberId: string;
};

/** Commands on the members of roles, groups and tenants. */
export type MemberCommands = {
  /**
   * Throws INVALID_ARGUMENT; NOT_FOUND where there is no such container or member (clients are anybody's: they are not looked
   * up, and neither are users and groups that an identity provider keeps); ALREADY_EXISTS for a member.
   */
  addMember(input: MemberName): Promise<void>;
  /** Throws NOT_FOUND where there is no such container, or he is no member of it. */
  removeMember(input: MemberName): Promise<void>;
};

/** Who may be in what (facts, section 6.2). */
const MEMBERS: { readonly [C in Membership['containerType']]: readonly MemberType[] } = {
  role: ['user', 'client', 'group', 'mapping-rule'],
  group: ['user', 'client', 'mapping-rule'],
  tenant: ['user', 'client', 'group', 'role', 'mapping-rule'],
};

const WORDS = {
  user: { owner: 'USER', idField: 'username', name: 'User' },
  client: { owner: 'CLIENT', idField: 'clientId', name: 'Client' },
  group: { owner: 'GROUP', idField: 'groupId', name: 'Group' },
  role: { owner: 'ROLE', idField: 'roleId', name: 'Role' },
  'mapping-rule': { owner: 'MAPPING_RULE', idField: 'mappingRuleId', name: 'MappingRule' },
} as const satisfies Record<MemberType, { owner: OwnerType; idField: string; name: string }>;

export function memberCommands(parts: ActingParts): MemberCommands {
  return {
    addMember: (input) => addMember(parts, input),
    removeMember: (input) => removeMember(parts, input),
  };
}

async function addMember(parts: ActingParts, input: MemberName): Promise<void> {
  const { container, containerId, memberType, memberId } = input;
  const { owner, idField } = WORDS[memberType];
  const parsed = parseId(idField, memberId, parts.idPattern);
  if (!parsed.ok) throw invalidArgument([parsed.problem]);
  if (!MEMBERS[container].includes(memberType)) {
    throw invalidArgument([
      `Expected to add an entity with type '${owner}' to a ${container}, but it has no such members`,
    ]);
  }
  await changeRecords(parts, async (change) => {
    await requireContainer(change.tx, 'ADD_ENTITY', input);
    if (!(await isRecorded(change.tx, parts.foreign, { type: owner, id: parsed.value }))) {
      throw new IdentityError(
        'NOT_FOUND',
        `${expectedOf('ADD_ENTITY', input)}, but the entity doesn't exist`,
        'ADD_ENTITY',
      );
    }
    const membership = { containerType: container, containerId, memberType, memberId: parsed.value };
    if ((await addMemberships(change, [membership])) === 0) {
      const message = `${expectedOf('ADD_ENTITY', input)}, but the entity is already assigned to this ${container}`;
      throw new IdentityError('ALREADY_EXISTS', message, 'ADD_ENTITY');
    }
    noteMember(change, 'assign', membership);
  });
}

async function removeMember(parts: ActingParts, input: MemberName): Promise<void> {
  const { container: containerType, containerId, memberType, memberId } = input;
  const membership = { containerType, containerId, memberType, memberId };
  await changeRecords(parts, async (change) => {
    await requireContainer(change.tx, 'REMOVE_ENTITY', input);
    if ((await removeMemberships(change, membership)) === 0) {
      const message = `${expectedOf('REMOVE_ENTITY', input)}, but the entity is not assigned to this ${containerType}`;
      throw new IdentityError('NOT_FOUND', message, 'REMOVE_ENTITY');
    }
    noteMember(change, 'unassign', membership);
  });
}

type MemberCommand = Extract<RejectedCommand, 'ADD_ENTITY' | 'REMOVE_ENTITY'>;

async function requireContainer(tx: IdentityDatabase, command: MemberCommand, input: MemberName): Promise<void> {
  const { container, containerId } = input;
  if (await findNamedRecord(tx, container, containerId)) return;
  const message = `${expectedOf(command, input)}, but the ${container} doesn't exist`;
  throw new IdentityError('NOT_FOUND', message, command);
}

function expectedOf(command: MemberCommand, { container, containerId, memberType, memberId }: MemberName): string {
  const entity = `an entity with ID ${quoted(memberId)} and type '${WORDS[memberType].owner}'`;
  const where = `${container} with ID ${quoted(containerId)}`;
  return command === 'ADD_ENTITY'
    ? `Expected to add ${entity} to ${where}`
    : `Expected to remove ${entity} from ${where}`;
}

/** A row of the audit log, under the id that the row of v2 has: `assignRoleToUser`, but `assignUserToGroup`. */
export function noteMember(change: RecordChange, verb: 'assign' | 'unassign', membership: Membership): void {
  const { containerType, containerId, memberType, memberId } = membership;
  const { owner, name } = WORDS[memberType];
  const names = [OPERATION_NAMES[containerType], name];
  const [what, whom] = containerType === 'role' ? names : names.reverse();
  const operation = `${verb}${what}${verb === 'assign' ? 'To' : 'From'}${whom}`;
  change.note(operation, ENTITY_TYPES[containerType], containerId, { type: owner, key: memberId });
}
