// Entry of the thread that reads what is deployed: `resource-reader.ts` starts it and sends it one deployment at a time.
import { parentPort } from 'node:worker_threads';
import type { Resource } from '@stagedoor/cluster';
import { readResources } from './read-resources.ts';

parentPort?.on('message', async (resources: readonly Resource[]) => {
  parentPort?.postMessage(await readResources(resources));
});
