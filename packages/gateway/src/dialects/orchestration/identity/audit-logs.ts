import { permission } from '@stagedoor/access';
import { askIdentity } from '../../../answering/identity-failure.ts';
import { type Operation, ok, operation } from '../../../operation.ts';
import { object, objectWith, text } from '../../../schema.ts';
import { readPathKey } from '../read-path-key.ts';
import { pageOf, searchRequest } from '../search/search-schema.ts';
import { visibleIds } from '../search/visible-ids.ts';
import { AUDIT_ENTRY, AUDIT_LOG, writeAuditEntry } from './audit-log-schema.ts';
import { notFound } from './not-found.ts';
import { type RecordsParts, readRecordSearch } from './records-parts.ts';

const PATH = objectWith({ auditLogKey: { ...text, minLength: 1, maxLength: 25 } }, ['auditLogKey']);

/** Who did what, in the official schema. Refusals and logins are entries as well as changes. */
export function auditLogOperations(parts: RecordsParts): readonly Operation[] {
  return [searchAuditLogs(parts), getAuditLog(parts)];
}

function searchAuditLogs(parts: RecordsParts): Operation {
  return operation({
    id: 'searchAuditLogs',
    method: 'POST',
    path: '/v2/audit-logs/search',
    summary: 'The entries of the audit log that the caller may read',
    requirement: permission('AUDIT_LOG', 'READ', 'visible'),
    query: object({}),
    body: { kind: 'json', schema: searchRequest(AUDIT_LOG), optional: true },
    responses: { 200: pageOf(AUDIT_ENTRY) },
    handle: async ({ body, visibility }) => {
      const query = readRecordSearch(parts, AUDIT_LOG, body, visibleIds(visibility), ['searchAuditLogs']);
      const found = await askIdentity(parts.records.audit.search(query.search));
      return ok(query.page(found, writeAuditEntry));
    },
  });
}

function getAuditLog({ records }: RecordsParts): Operation {
  const found = async ({ params }: { readonly params: { readonly auditLogKey: string } }) => {
    const key = readPathKey('auditLogKey', params.auditLogKey);
    const entry = await askIdentity(records.audit.entry(key));
    if (entry === null) throw notFound(`Audit Log with key '${key}' not found`);
    return entry;
  };
  return operation({
    id: 'getAuditLog',
    method: 'GET',
    path: '/v2/audit-logs/{auditLogKey}',
    summary: 'One entry of the audit log',
    requirement: permission('AUDIT_LOG', 'READ', 'found'),
    params: PATH,
    query: object({}),
    responses: { 200: AUDIT_ENTRY },
    find: async (call) => [{ resourceId: (await found(call)).auditLogKey }],
    handle: async (call) => ok(writeAuditEntry(await found(call))),
  });
}
