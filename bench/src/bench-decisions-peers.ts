import { createMongoAbility, subject } from '@casl/ability';
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { newEnforcer, newModelFromString } from 'casbin';
import type { Company, Question } from './bench-decisions-data.ts';

/** Answers a question; made before it is measured, with everything that can be made before. */
export type Answer = () => boolean;

export type Loaded = {
  ask(question: Question): Answer;
  /** Gives the caller what he asks for, and answers. Each question once. */
  grant(question: Question): Promise<boolean>;
};

export type Peer = {
  readonly name: string;
  /** More grants than this it cannot take, and why. */
  readonly most: number;
  readonly whyNotMore: string;
  /** How many questions it answers in a round of bearable length, for so many grants. */
  questions(grants: number): number;
  load(company: Company): Promise<Loaded>;
};

/** One ability for each caller, of his grants and those of his roles: what its users are told to make, and to keep. */
const casl: Peer = {
  name: 'CASL',
  most: Number.POSITIVE_INFINITY,
  whyNotMore: '',
  questions: () => 10_000,
  async load(company) {
    const grants = Map.groupBy(company.authorizations(), (grant) => grant.ownerId);
    const abilities = new Map<string, ReturnType<typeof createMongoAbility>>();
    const abilityOf = ({ username, roles }: Question, more: readonly RuleOf[] = []) => {
      const rules = [username, ...roles]
        .flatMap((owner) => grants.get(owner) ?? [])
        .map(({ permissionTypes, resourceId = '' }) => ruleOf(permissionTypes, resourceId));
      return createMongoAbility([...rules, ...more]);
    };
    return {
      ask(question) {
        const ability = abilities.get(question.username) ?? abilityOf(question);
        abilities.set(question.username, ability);
        const process = subject('Process', { id: question.processId });
        return () => ability.can(question.requirement.permissionType, process);
      },
      async grant(question) {
        const { permissionType } = question.requirement;
        const ability = abilityOf(question, [ruleOf([permissionType], question.processId)]);
        return ability.can(permissionType, subject('Process', { id: question.processId }));
      },
    };
  },
};

type RuleOf = ReturnType<typeof ruleOf>;

function ruleOf(permissions: readonly string[], id: string) {
  return { action: [...permissions], subject: 'Process', conditions: { id } };
}

const RBAC = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act
`;

const casbin: Peer = {
  name: 'casbin',
  most: Number.POSITIVE_INFINITY,
  whyNotMore: '',
  // It goes through all policies.
  questions: (grants) => Math.max(1, Math.round(200_000 / grants)),
  async load(company) {
    const enforcer = await newEnforcer(newModelFromString(RBAC));
    enforcer.enableLog(false);
    await enforcer.addPolicies(
      Array.from(company.authorizations()).flatMap(({ ownerId, resourceId = '', permissionTypes }) =>
        permissionTypes.map((permission) => [ownerId, resourceId, permission]),
      ),
    );
    await enforcer.addGroupingPolicies(
      Array.from({ length: company.users }, (_, user) => user).flatMap((user) =>
        company.rolesOf(user).map((role) => [`user-${user}`, role]),
      ),
    );
    return {
      ask: ({ username, requirement, processId }) => {
        return () => enforcer.enforceSync(username, processId, requirement.permissionType);
      },
      async grant({ username, requirement, processId }) {
        await enforcer.addPolicy(username, processId, requirement.permissionType);
        return enforcer.enforceSync(username, processId, requirement.permissionType);
      },
    };
  },
};

/** One policy for each grant, parsed once; the caller's roles go along with the question, as its entities do. */
const cedar: Peer = {
  name: 'Cedar',
  most: 10_000,
  whyNotMore: 'parsing a million policies did not end in 200 s',
  // It goes through all policies, too.
  questions: () => 20,
  async load(company) {
    const policies: Record<string, string> = {};
    for (const grant of company.authorizations()) {
      const owner = grant.ownerType === 'USER' ? `== User::"${grant.ownerId}"` : `in Role::"${grant.ownerId}"`;
      policies[`grant-${grant.authorizationKey}`] = policyOf(owner, grant.permissionTypes, grant.resourceId ?? '');
    }
    const set = `company of ${company.grants}`;
    parse(set, policies);
    return {
      ask: (question) => () => isAllowed(set, question),
      async grant(question) {
        const { username, requirement, processId } = question;
        policies.another = policyOf(`== User::"${username}"`, [requirement.permissionType], processId);
        parse(set, policies);
        return isAllowed(set, question);
      },
    };
  },
};

function policyOf(owner: string, permissions: readonly string[], processId: string): string {
  const actions = permissions.map((permission) => `Action::"${permission}"`).join(', ');
  return `permit(principal ${owner}, action in [${actions}], resource == Process::"${processId}");`;
}

function parse(set: string, staticPolicies: Record<string, string>): void {
  const parsed = preparsePolicySet(set, { staticPolicies });
  if (parsed.type === 'failure') throw new Error(`Cedar cannot read the policies: ${parsed.errors[0]?.message}`);
}

function isAllowed(set: string, { username, roles, requirement, processId }: Question): boolean {
  const principal = { type: 'User', id: username };
  const answer = statefulIsAuthorized({
    principal,
    action: { type: 'Action', id: requirement.permissionType },
    resource: { type: 'Process', id: processId },
    context: {},
    preparsedPolicySetId: set,
    entities: [{ uid: principal, attrs: {}, parents: roles.map((id) => ({ type: 'Role', id })) }],
  });
  return answer.type === 'success' && answer.response.decision === 'allow';
}

export const PEERS: readonly Peer[] = [casl, casbin, cedar];
