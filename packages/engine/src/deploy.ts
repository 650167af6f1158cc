import { ClusterError, type Deployment, type ProcessDefinition, type Resource } from '@stagedoor/cluster';
import { insertProcessDefinition, insertResource, readChecksum, resolveProcess } from './process-definitions.ts';
import type { ReadResource } from './read-resource.ts';
import type { ResourceReader } from './resource-reader.ts';
import type { Statements } from './statements.ts';
import type { NextKey, Transact } from './transaction.ts';

/** Of all resources of a deployment together, as a message to Camunda's broker may have by default. */
const MAX_DEPLOYMENT_BYTES = 4 * 1024 * 1024;
const MAX_NAME_LENGTH = 255;
const MAX_RESOURCES = 100;

export type DeployParts = {
  readonly statements: Statements;
  readonly transact: Transact;
  readonly reader: ResourceReader;
};

/**
 * Deploys all of the resources to a tenant, or none. Each executable process becomes the next version of its process id there,
 * unless the latest one came from a resource of the same name and bytes: that one stands (recorded). The key of the deployment is always new.
 *
 * @throws ClusterError `INVALID_ARGUMENT` with everything that is wrong with any of the resources.
 */
export async function deploy(
  { statements, transact, reader }: DeployParts,
  resources: readonly Resource[],
  tenantId: string,
): Promise<Deployment> {
  checkOutside(resources);
  const reading = await reader.read(resources);
  if (!reading.ok) throw rejected(reading.problems);
  return transact((nextKey) => {
    const deploymentKey = nextKey();
    const processDefinitions = reading.value.flatMap((resource) =>
      store({ statements, nextKey, deploymentKey, tenantId }, resource),
    );
    return { deploymentKey, tenantId, processDefinitions };
  });
}

type Storing = {
  readonly statements: Statements;
  readonly nextKey: NextKey;
  readonly deploymentKey: number;
  readonly tenantId: string;
};

function store(storing: Storing, resource: ReadResource): readonly ProcessDefinition[] {
  const { statements, nextKey, deploymentKey, tenantId } = storing;
  const { name: resourceName, checksum, xml } = resource;
  let resourceId: number | null = null;
  return resource.processes.map((process) => {
    const { bpmnProcessId, name, versionTag, model } = process;
    const latest = resolveProcess(statements, { bpmnProcessId, version: null }, tenantId);
    if (latest?.resourceName === resourceName && readChecksum(statements, latest.key) === checksum) return latest;
    resourceId ??= insertResource(statements, { deploymentKey, checksum, xml });
    const version = (latest?.version ?? 0) + 1;
    const definition = {
      key: nextKey(),
      bpmnProcessId,
      name,
      version,
      versionTag,
      resourceName,
      tenantId,
    };
    insertProcessDefinition(statements, definition, { resourceId, model });
    return definition;
  });
}

/** What can be said without reading the resources. */
function checkOutside(resources: readonly Resource[]): void {
  if (resources.length === 0) throw invalid('Expected to deploy at least one resource, but none given');
  if (resources.length > MAX_RESOURCES) {
    throw invalid(`Expected to deploy at most ${MAX_RESOURCES} resources together, but got ${resources.length}`);
  }
  const bytes = resources.reduce((sum, { content }) => sum + content.byteLength, 0);
  if (bytes > MAX_DEPLOYMENT_BYTES) {
    throw invalid(
      `Expected to deploy resources of at most ${MAX_DEPLOYMENT_BYTES} bytes together, but they have ${bytes}`,
    );
  }
  const problems = checkNames(resources.map(({ name }) => name));
  if (problems.length > 0) throw rejected(problems);
}

function checkNames(names: readonly string[]): readonly string[] {
  const illegal = names.flatMap((name, index) =>
    isName(name)
      ? []
      : [
          `resource ${index + 1}: must have a name of 1 to ${MAX_NAME_LENGTH} characters, none of them a control character`,
        ],
  );
  const double = new Set(names.filter((name, index) => isName(name) && names.indexOf(name) !== index));
  return [...illegal, ...[...double].map((name) => `'${name}': is the name of more than one resource`)];
}

function isName(name: string): boolean {
  return name.length > 0 && name.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(name);
}

function rejected(problems: readonly string[]): ClusterError {
  return invalid(`Expected to deploy new resources, but encountered the following errors:\n${problems.join('\n')}`);
}

function invalid(reason: string): ClusterError {
  return new ClusterError('INVALID_ARGUMENT', `Command 'CREATE' rejected with code 'INVALID_ARGUMENT': ${reason}`);
}
