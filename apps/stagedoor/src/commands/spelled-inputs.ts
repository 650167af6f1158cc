import type { InputRefused } from '../use-cases.ts';

/** What members of use cases are called at a terminal, where that is something else. */
const SPELLED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    name: '--name',
    scopes: '--scope',
    audiences: '--audience',
    claims: '--claims',
    subject: '--certificate-subject',
    thumbprints: '--certificate',
    keys: '--key-file',
    redirectUris: '--redirect-uri',
    postLogoutRedirectUris: '--post-logout-redirect-uri',
    owner: '--owner',
    resource: '--resource',
    property: '--property',
    permissions: '--permission',
    as: '--as',
    tenantId: '--tenant',
    username: 'the user name',
  }),
);

/** A refused input in the words of the command line: `--audience is …`, and not `audiences is …`. */
export function spelled({ member, problem }: InputRefused): string {
  return `${SPELLED.get(member) ?? member} ${problem}`;
}
