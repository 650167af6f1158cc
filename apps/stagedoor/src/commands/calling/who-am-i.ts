import { OperatorError } from '../../operator-error.ts';
import { toPlainText } from '../../plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import { aligned } from '../terminal-table.ts';
import { type ApiAnswer, callApi, memberOf, textMember } from './call-api.ts';
import { whileWatched, withCredentials } from './with-credentials.ts';

const ME = { method: 'GET', path: '/v2/authentication/me' } as const;

/** `stagedoor whoami`: what the cluster makes of these credentials. */
export async function whoAmI({ json }: { readonly json: boolean }, context: CommandContext): Promise<void> {
  const { method, address, answer } = await withCredentials(context, async (credentials) => ({
    method: credentials.method,
    address: credentials.addressOf('orchestration'),
    answer: await whileWatched(context, () => callApi(credentials, 'orchestration', ME)),
  }));
  if (answer.status !== 200) throw refusal(answer);
  if (json) context.out(`${JSON.stringify({ method, address, principal: answer.body })}\n`);
  else context.out(`${aligned([['cluster', address], ['method', method], ...principalIn(answer.body)])}\n`);
}

/** The principal as `/v2/authentication/me` tells it, a line for each thing. */
export function principalIn(me: unknown): readonly (readonly [string, string])[] {
  const tenants = listIn(me, 'tenants').map((tenant) => textMember(tenant, 'tenantId') ?? '?');
  const name = textMember(me, 'displayName');
  return [
    ['principal', textMember(me, 'username') ?? '(the cluster names none)'],
    ...(name === undefined ? [] : [['name', name] as const]),
    ['groups', listed(listIn(me, 'groups'))],
    ['roles', listed(listIn(me, 'roles'))],
    ['tenants', listed(tenants)],
    ['components', listed(listIn(me, 'authorizedComponents'))],
  ];
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = memberOf(value, name);
  return Array.isArray(list) ? list : [];
}

function listed(items: readonly unknown[]): string {
  return items.length === 0 ? '-' : items.map((item) => (typeof item === 'string' ? item : '?')).join(', ');
}

function refusal({ url, status, says }: ApiAnswer): OperatorError {
  const words = says === '' ? '' : `: ${says}`;
  if (status === 404)
    return new OperatorError('CALL_FAILED', `${url} is not there: clusters tell who calls since 8.8 (404${words})`);
  const code = status === 401 || status === 403 ? 'CALL_REFUSED' : status >= 500 ? 'API_UNAVAILABLE' : 'CALL_FAILED';
  return new OperatorError(
    code,
    toPlainText(`${url} answered ${status}${words}; "stagedoor doctor" looks for the reason`),
  );
}
