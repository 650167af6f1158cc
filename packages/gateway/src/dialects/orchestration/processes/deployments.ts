import { permission } from '@stagedoor/access';
import type { ClusterPort, ProcessDefinition } from '@stagedoor/cluster';
import { askCluster } from '../../../answering/cluster-failure.ts';
import { Failure } from '../../../failure.ts';
import { type Multipart, type Operation, ok, operation } from '../../../operation.ts';
import { integer, listOf, nothing, object, objectWith, text } from '../../../schema.ts';
import { readTenant, refuseForeignTenant } from './tenant.ts';

const PROCESS = object({
  processDefinitionId: text,
  processDefinitionVersion: integer,
  processDefinitionKey: text,
  resourceName: text,
  tenantId: text,
});
const DEPLOYMENT = object({
  deploymentKey: text,
  deployments: listOf(
    object({
      processDefinition: PROCESS,
      decisionDefinition: nothing,
      decisionRequirements: nothing,
      form: nothing,
      resource: nothing,
    }),
  ),
  tenantId: text,
});

const FORM = objectWith(
  { resources: { ...listOf({ ...text, contentMediaType: 'application/octet-stream' }), minItems: 1 }, tenantId: text },
  ['resources'],
);

/** Names go into logs, tables and terminals. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

export function deploymentOperations(cluster: ClusterPort): readonly Operation[] {
  return [
    operation({
      id: 'createDeployment',
      method: 'POST',
      path: '/v2/deployments',
      summary: 'Deploys BPMN',
      requirement: permission('RESOURCE', 'CREATE', 'everything'),
      command: 'CREATE',
      query: object({}),
      body: { kind: 'multipart', schema: FORM },
      responses: { 200: DEPLOYMENT },
      handle: async ({ multipart, tenants }) => {
        const parts = await multipart();
        const resources = readResources(parts);
        const tenantId = readTenant('Deploy Resources', parts.fields.get('tenantId'), tenants);
        refuseForeignTenant(tenants, tenantId, { command: 'CREATE', permission: 'CREATE', resource: 'RESOURCE' });
        const deployment = await askCluster(cluster.deploy(resources, tenantId));
        return ok({
          deploymentKey: String(deployment.deploymentKey),
          deployments: deployment.processDefinitions.map(writeProcess),
          tenantId: deployment.tenantId,
        });
      },
    }),
  ];
}

function readResources({ files, fields }: Multipart): { name: string; content: Uint8Array }[] {
  const unknown = [...fields.keys()].find((name) => name !== 'tenantId');
  const strange = files.find((file) => file.field !== 'resources');
  if (files.length === 0) throw new Failure('malformed', "Required part 'resources' is not present.");
  if (unknown !== undefined || strange !== undefined) {
    throw new Failure('malformed', 'The request has a part that is not known here: only resources and tenantId are.');
  }
  if (files.some(({ name }) => CONTROL.test(name)))
    throw new Failure('malformed', 'The name of a resource has control characters.');
  return files.map(({ name, content }) => ({ name, content }));
}

function writeProcess(definition: ProcessDefinition): object {
  const processDefinition = {
    processDefinitionId: definition.bpmnProcessId,
    processDefinitionVersion: definition.version,
    processDefinitionKey: String(definition.key),
    resourceName: definition.resourceName,
    tenantId: definition.tenantId,
  };
  return { processDefinition, decisionDefinition: null, decisionRequirements: null, form: null, resource: null };
}
