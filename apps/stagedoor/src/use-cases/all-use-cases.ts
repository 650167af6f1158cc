import type { House } from '../house.ts';
import type { UseCases } from '../use-cases.ts';
import { clientUseCases } from './client-use-cases.ts';
import { grantUseCases } from './grant-use-cases.ts';
import { userUseCases } from './user-use-cases.ts';

export function allUseCases(house: House): UseCases {
  return { ...clientUseCases(house), ...userUseCases(house.identity), ...grantUseCases(house.identity) };
}
