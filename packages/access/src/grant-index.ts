import {
  type Authorization,
  type GrantTarget,
  type KeyedAuthorization,
  type OwnerType,
  RESOURCE_PROPERTIES,
} from './grant.ts';
import { GrantNames } from './grant-names.ts';
import { bitsOf, numberOf } from './permission-bits.ts';
import type { ResourceType } from './permissions.ts';
import { findIn, RowColumns, SortedRows, type Span } from './sorted-rows.ts';

// A place is an owner, a resource type and a target in one number: 22 + 5 + 26 bits, all that a double holds exactly.
const TARGETS = 2 ** 26;
const TYPES = 2 ** 5;
const OWNERS = 2 ** 22;
const WILDCARD = 0;
const FIRST_PROPERTY = 1;
const FIRST_ID = FIRST_PROPERTY + RESOURCE_PROPERTIES.length;

/** An owner, an id and a key are at most three. */
const MOST_NAMES_PER_GRANT = 6;
const SPARE_NAMES = 4096;

/** One owner's grants on one resource type. */
export type Shelf = number;

/** A grant as the index has it: no object, until somebody asks. `permissions` are bits of its resource type. */
export type IndexedGrant = { readonly target: number; readonly key: number; readonly permissions: number };

/**
 * The grants, immutable, by owner, resource type and target: two tables of numbers and one list of names. What it costs to
 * change one grant does not grow with their number, but for the lists of leaves that are copied.
 */
export class GrantIndex {
  readonly #names: GrantNames;
  /** place, key, permissions */
  readonly #places: SortedRows;
  /** key, place */
  readonly #keys: SortedRows;

  private constructor(names: GrantNames, places: SortedRows, keys: SortedRows) {
    this.#names = names;
    this.#places = places;
    this.#keys = keys;
  }

  /** Throws a RangeError beyond four million owners or sixty-seven million resource ids. */
  static of(grants: Iterable<KeyedAuthorization>, count: number): GrantIndex {
    const names = new GrantNames();
    const places = new RowColumns(count);
    const keys = new RowColumns(count);
    for (const grant of grants) {
      const place = placeOf(names, grant);
      if (place === undefined) continue;
      const key = names.addKey(grant.authorizationKey);
      places.push({ first: place, second: key, bits: bitsOf(grant.resourceType, grant.permissionTypes) });
      keys.push({ first: key, second: place, bits: 0 });
    }
    return new GrantIndex(names, SortedRows.of(places), SortedRows.of(keys));
  }

  get size(): number {
    return this.#places.size;
  }

  /** With this grant in the place of whatever had its key; null takes that away. */
  with(keyText: string, grant: Authorization | null): GrantIndex {
    const cleared = this.#without(keyText);
    const place = grant === null ? undefined : placeOf(this.#names, grant);
    if (grant === null || place === undefined) return cleared.#tidied();
    const key = this.#names.addKey(keyText);
    const bits = bitsOf(grant.resourceType, grant.permissionTypes);
    return new GrantIndex(
      this.#names,
      cleared.#places.with({ first: place, second: key, bits }),
      cleared.#keys.with({ first: key, second: place, bits: 0 }),
    ).#tidied();
  }

  /** `undefined` for an owner without grants. */
  shelf(ownerType: OwnerType, ownerId: string, resourceType: ResourceType): Shelf | undefined {
    const owner = this.#names.owner(ownerType, ownerId);
    const type = numberOf(resourceType);
    return owner === undefined || type === undefined ? undefined : owner * TYPES + type;
  }

  /** The grants of a shelf, wildcard and properties before ids, for as long as `visit` says true. */
  scan(shelf: Shelf, visit: (grant: IndexedGrant) => boolean): void {
    const from = shelf * TARGETS;
    this.#places.scan(from, (place, key, permissions) => {
      const target = place - from;
      return target < TARGETS && visit({ target, key, permissions });
    });
  }

  /** The number of a resource id; `undefined` where no grant names it. */
  idNumber(resourceId: string): number | undefined {
    return this.#names.id(resourceId);
  }

  /** Where the grants of a shelf that are on ids lie, where they lie together: `keyOnId` is faster with it. */
  spanOf(shelf: Shelf): Span | null {
    return this.#places.span(shelf * TARGETS + FIRST_ID, (shelf + 1) * TARGETS);
  }

  /** The key of a grant of this shelf on that id with one of the permissions. */
  keyOnId(shelf: Shelf, span: Span | null, idNumber: number, permissions: number): string | undefined {
    const place = shelf * TARGETS + FIRST_ID + idNumber;
    const key = span === null ? this.#places.find(place, permissions) : findIn(span, place, permissions);
    return key === undefined ? undefined : this.#names.keyOf(key);
  }

  keyOf(grant: IndexedGrant): string {
    return this.#names.keyOf(grant.key);
  }

  targetOf({ target }: IndexedGrant): GrantTarget {
    if (target === WILDCARD) return { resourceId: '*' };
    const resourcePropertyName = RESOURCE_PROPERTIES[target - FIRST_PROPERTY];
    return resourcePropertyName === undefined
      ? { resourceId: this.#names.textOf(target - FIRST_ID) }
      : { resourcePropertyName };
  }

  #without(keyText: string): GrantIndex {
    const key = this.#names.key(keyText);
    if (key === undefined) return this;
    let tables = { places: this.#places, keys: this.#keys };
    this.#keys.scan(key, (each, place) => {
      if (each !== key) return false;
      tables = { places: tables.places.without(place, key), keys: tables.keys.without(key, place) };
      return true;
    });
    return tables.keys === this.#keys ? this : new GrantIndex(this.#names, tables.places, tables.keys);
  }

  /** Names of grants that are gone are left behind; once most are, everything is numbered again. */
  #tidied(): GrantIndex {
    if (this.#names.size <= MOST_NAMES_PER_GRANT * this.size + SPARE_NAMES) return this;
    const names = new GrantNames();
    const owners = this.#names.owners();
    const places = new RowColumns(this.size);
    const keys = new RowColumns(this.size);
    this.#places.scan(0, (place, key, bits) => {
      const shelf = Math.floor(place / TARGETS);
      const owner = owners[Math.floor(shelf / TYPES)];
      if (owner === undefined) throw new Error('a grant has an owner that was never named');
      const old = place % TARGETS;
      const target = old < FIRST_ID ? old : FIRST_ID + names.addId(this.#names.textOf(old - FIRST_ID));
      const first = (names.addOwner(...owner) * TYPES + (shelf % TYPES)) * TARGETS + target;
      const second = names.addKey(this.#names.keyOf(key));
      places.push({ first, second, bits });
      keys.push({ first: second, second: first, bits: 0 });
      return true;
    });
    return new GrantIndex(names, SortedRows.of(places), SortedRows.of(keys));
  }
}

/** `undefined` for what can never match: a resource type that is none, or a property of a resource that has none. */
function placeOf(names: GrantNames, grant: Authorization): number | undefined {
  const type = numberOf(grant.resourceType);
  const target = type === undefined ? undefined : targetNumber(names, grant);
  if (type === undefined || target === undefined) return undefined;
  const owner = names.addOwner(grant.ownerType, grant.ownerId);
  if (owner >= OWNERS || target >= TARGETS) throw new RangeError('more owners or resource ids than the index can hold');
  return (owner * TYPES + type) * TARGETS + target;
}

function targetNumber(names: GrantNames, grant: Authorization): number | undefined {
  if (grant.resourcePropertyName === undefined) {
    if (typeof grant.resourceId !== 'string') return undefined;
    return grant.resourceId === '*' ? WILDCARD : FIRST_ID + names.addId(grant.resourceId);
  }
  const property = RESOURCE_PROPERTIES.indexOf(grant.resourcePropertyName);
  return property < 0 || grant.resourceType !== 'USER_TASK' ? undefined : FIRST_PROPERTY + property;
}
