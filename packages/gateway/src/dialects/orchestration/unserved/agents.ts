import { permission } from '@stagedoor/access';
import type { Operation } from '../../../operation.ts';
import { unservedRows } from '../../../unserved.ts';

/** Agent definition, Agent instance: rows of v2 without a handler. */
export const agents: readonly Operation[] = [
  ...unservedRows(permission('PROCESS_DEFINITION', 'READ_PROCESS_DEFINITION', 'found'), {
    getAgentDefinition: 'GET /v2/agent-definitions/{agentDefinitionKey}',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'READ_PROCESS_DEFINITION', 'visible'), {
    searchAgentDefinitions: 'POST /v2/agent-definitions/search',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'UPDATE_PROCESS_INSTANCE', 'found'), {
    createAgentInstance: 'POST /v2/agent-instances CREATE',
    updateAgentInstance: 'PATCH /v2/agent-instances/{agentInstanceKey} UPDATE',
    createAgentInstanceHistoryItem: 'POST /v2/agent-instances/{agentInstanceKey}/history CREATE',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'found'), {
    getAgentInstance: 'GET /v2/agent-instances/{agentInstanceKey}',
    searchAgentInstanceHistory: 'POST /v2/agent-instances/{agentInstanceKey}/history/search',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'visible'), {
    searchAgentInstances: 'POST /v2/agent-instances/search',
  }),
];
