import type { Missing, Principal, Username } from '@stagedoor/access';

/** The commands that grant what is missing, one a line; null where nobody is there to be granted anything. */
export function grantCommand(principal: Principal, missing: readonly Missing[]): string | null {
  if (principal.kind === 'anonymous') return null;
  const owner = principal.kind === 'user' ? `user:${principal.username}` : `client:${principal.clientId}`;
  const commands = missing.flatMap(({ resourceType, permissionType, resourceIds }) => {
    const targets = resourceIds.length === 0 ? [resourceType] : resourceIds.map((id) => `${resourceType}:${id}`);
    return targets.map((target) => {
      return `stagedoor grant add --owner ${quoted(owner)} --resource ${quoted(target)} --permission ${permissionType}`;
    });
  });
  return commands.length === 0 ? null : commands.join('\n');
}

/** The command that makes the user to whom something is to be granted. */
export function userCommand(username: Username): string {
  return `stagedoor user create ${quoted(username)}`;
}

/** For a POSIX shell. Names of foreign issuers may have anything in them but control characters. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
