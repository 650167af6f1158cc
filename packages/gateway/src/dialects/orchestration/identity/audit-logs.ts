import type { AuditField, StoredAuditEntry } from '@stagedoor/identity';
import type { Operation } from '../../../operation.ts';
import { AUDIT_ENTRY, AUDIT_LOG, writeAuditEntry } from './audit-log-schema.ts';
import { pathKey } from './read-path-id.ts';
import { getOne, type ReadKind, searchThem } from './record-rows.ts';
import type { RecordsParts } from './records-parts.ts';

/** Who did what, in the official schema. Refusals and logins are entries as well as changes. */
export function auditLogOperations(parts: RecordsParts): readonly Operation[] {
  const { audit } = parts.records;
  const entries: ReadKind<StoredAuditEntry, AuditField> = {
    noun: 'AuditLog',
    path: '/v2/audit-logs',
    resourceType: 'AUDIT_LOG',
    id: pathKey('auditLogKey'),
    schema: AUDIT_ENTRY,
    write: writeAuditEntry,
    get: {
      summary: 'One entry of the audit log',
      unknown: (key) => `Audit Log with key '${key}' not found`,
      one: (key) => audit.entry(key),
      idOf: ({ auditLogKey }) => auditLogKey,
    },
    search: {
      id: 'searchAuditLogs',
      summary: 'The entries of the audit log that the caller may read',
      description: AUDIT_LOG,
      find: (search) => audit.search(search),
    },
  };
  return [searchThem(parts, entries), getOne(entries)];
}
