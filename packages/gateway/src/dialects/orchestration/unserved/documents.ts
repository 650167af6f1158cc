import { permission, resolved } from '@stagedoor/access';
import type { Operation } from '../../../operation.ts';
import { unservedRows } from '../../../unserved.ts';

/** Document, Resource, Form: rows of v2 without a handler. */
export const documents: readonly Operation[] = [
  ...unservedRows(permission('DOCUMENT', 'CREATE', 'everything'), {
    createDocument: 'POST /v2/documents',
    createDocuments: 'POST /v2/documents/batch',
    createDocumentLink: 'POST /v2/documents/{documentId}/links',
  }),
  ...unservedRows(permission('DOCUMENT', 'READ', 'found'), {
    getDocument: 'GET /v2/documents/{documentId}',
  }),
  ...unservedRows(permission('DOCUMENT', 'DELETE', 'found'), {
    deleteDocument: 'DELETE /v2/documents/{documentId}',
  }),
  ...unservedRows(permission('RESOURCE', 'READ', 'found'), {
    getFormByKey: 'GET /v2/forms/{formKey}',
    getResource: 'GET /v2/resources/{resourceKey}',
    getResourceContent: 'GET /v2/resources/{resourceKey}/content',
    getResourceContentBinary: 'GET /v2/resources/{resourceKey}/content/binary',
  }),
  ...unservedRows(permission('RESOURCE', 'READ', 'visible'), {
    searchResources: 'POST /v2/resources/search',
  }),
  ...unservedRows(
    resolved(
      'the kind of the resource',
      permission('RESOURCE', 'DELETE_PROCESS', 'found'),
      permission('RESOURCE', 'DELETE_DRD', 'found'),
      permission('RESOURCE', 'DELETE_FORM', 'found'),
      permission('RESOURCE', 'DELETE_RESOURCE', 'found'),
    ),
    {
      deleteResource: 'POST /v2/resources/{resourceKey}/deletion DELETE',
    },
  ),
];
