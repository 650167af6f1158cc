import type { OwnerType } from './grant.ts';

/** Owners, resource ids and keys as numbers. It only grows: a number that no row has means nothing to any snapshot. */
export class GrantNames {
  readonly #owners = new Map<OwnerType, Map<string, number>>();
  readonly #ids = new Map<string, number>();
  readonly #idOf: string[] = [];
  readonly #oddKeys = new Map<string, number>();
  readonly #oddKeyOf: string[] = [];
  #ownerCount = 0;

  /** How many names are kept. */
  get size(): number {
    return this.#ownerCount + this.#idOf.length + this.#oddKeyOf.length;
  }

  owner(type: OwnerType, id: string): number | undefined {
    return this.#owners.get(type)?.get(id);
  }

  id(text: string): number | undefined {
    return this.#ids.get(text);
  }

  /** The id of a number that this gave out. */
  textOf(id: number): string {
    return this.#idOf[id] ?? '';
  }

  /** Keys are decimal digits, and then their own number; others, and those too large to be exact, get one below zero. */
  key(text: string): number | undefined {
    return ownNumber(text) ?? this.#oddKeys.get(text);
  }

  keyOf(key: number): string {
    return key < 0 ? (this.#oddKeyOf[-key - 1] ?? '') : String(key);
  }

  addOwner(type: OwnerType, id: string): number {
    const known = this.owner(type, id);
    if (known !== undefined) return known;
    const ofType = this.#owners.get(type) ?? new Map<string, number>();
    this.#owners.set(type, ofType.set(id, this.#ownerCount));
    this.#ownerCount += 1;
    return this.#ownerCount - 1;
  }

  addId(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    this.#ids.set(text, this.#idOf.length);
    return this.#idOf.push(text) - 1;
  }

  addKey(text: string): number {
    const known = this.key(text);
    if (known !== undefined) return known;
    const number = -this.#oddKeyOf.push(text);
    this.#oddKeys.set(text, number);
    return number;
  }

  /** Every owner, at the place of its number. */
  owners(): readonly (readonly [OwnerType, string])[] {
    const owners: (readonly [OwnerType, string])[] = [];
    for (const [type, ids] of this.#owners) {
      for (const [id, number] of ids) owners[number] = [type, id];
    }
    return owners;
  }
}

function ownNumber(text: string): number | undefined {
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= 0 && String(number) === text ? number : undefined;
}
