import { expect, it, onTestFinished } from 'vitest';
import { openDataDirectory } from '../src/data-directory.ts';
import { openHouse } from '../src/house.ts';
import { allUseCases } from '../src/use-cases/all-use-cases.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const GRANT = { owner: 'role:rpa', resource: 'USER_TASK', permissions: ['READ'] };

async function useCases() {
  const fail = (error: unknown) => {
    throw error;
  };
  const house = await openHouse({ directory: openDataDirectory(temporaryDirectory()), onFault: fail });
  onTestFinished(() => house.close());
  return allUseCases(house);
}

it('grants on a property of user tasks, which is then listed in the place of an id', async () => {
  const { 'grant.add': add, 'grant.list': list } = await useCases();
  const added = await add({ ...GRANT, property: 'candidateGroups' });
  expect(added).toMatchObject({ ownerType: 'ROLE', ownerId: 'rpa', resourcePropertyName: 'candidateGroups' });
  expect(await list({})).toContainEqual(added);
});

it.each([
  ['a property of another resource', { resource: 'USER', property: 'assignee' }, 'INVALID_INPUT'],
  ['a property beside an id', { resource: 'USER_TASK:7', property: 'assignee' }, 'INVALID_INPUT'],
  ['a property that nothing has', { property: 'owner' }, 'INVALID_INPUT'],
  ['a mapping rule that is not there', { owner: 'mapping-rule:nobody' }, 'NOT_FOUND'],
  ['a kind of owner that there is not', { owner: 'tenant:red' }, 'INVALID_INPUT'],
])('grants nothing for %s', async (_, change, code) => {
  const { 'grant.add': add, 'grant.list': list } = await useCases();
  const before = await list({});
  await expect(add({ ...GRANT, ...change })).rejects.toMatchObject({ code });
  expect(await list({})).toEqual(before);
});
