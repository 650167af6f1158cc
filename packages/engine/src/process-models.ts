import type { Key } from '@stagedoor/cluster';
import { readProcessModel } from './process-definitions.ts';
import { decodeProcessModel, type ProcessModel } from './process-model.ts';
import type { Statements } from './statements.ts';

/** Bounds of what is kept: models in number, and each in characters of its stored text. Larger ones are decoded each time. */
const MAX_KEPT = 100;
const MAX_KEPT_LENGTH = 256 * 1024;

/** The models of definitions, the least recently used ones forgotten. A definition never changes, so that nothing goes stale. */
export class ProcessModels {
  readonly #statements: Statements;
  readonly #kept = new Map<Key, ProcessModel>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** @param key of a definition that exists. */
  of(key: Key): ProcessModel {
    const kept = this.#kept.get(key);
    if (kept) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const json = readProcessModel(this.#statements, key);
    const model = decodeProcessModel(json);
    if (json.length <= MAX_KEPT_LENGTH) this.#keep(key, model);
    return model;
  }

  #keep(key: Key, model: ProcessModel): void {
    this.#kept.set(key, model);
    if (this.#kept.size <= MAX_KEPT) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}
