/** Who waits, and where from. */
export type Waiting = { readonly network: string; readonly name: string };

type Lane<W> = { readonly names: Map<string, W[]>; size: number };

/**
 * A bounded waiting line in which turns go round the networks, and each network's turns go round its names: however many
 * wait elsewhere, a newcomer waits for one of each. When it is full, the network with the most waiting gives up its last one.
 */
export class FairQueue<W extends Waiting> {
  readonly #capacity: number;
  /** In the order of turns: whoever had one goes to the end. The same within a lane. */
  readonly #lanes = new Map<string, Lane<W>>();
  #size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Lines up. Returns whoever had to go for it: nobody, somebody else, or the newcomer himself. */
  add(newcomer: W): W | undefined {
    const evicted = this.#size < this.#capacity ? undefined : this.#lastOfLongest(newcomer);
    if (evicted === newcomer) return newcomer;
    if (evicted) this.remove(evicted);
    const lane = this.#lanes.get(newcomer.network) ?? { names: new Map<string, W[]>(), size: 0 };
    const sameName = lane.names.get(newcomer.name);
    if (sameName) sameName.push(newcomer);
    else lane.names.set(newcomer.name, [newcomer]);
    lane.size += 1;
    this.#size += 1;
    this.#lanes.set(newcomer.network, lane);
    return evicted;
  }

  /** Takes out whoever's turn it is. */
  next(): W | undefined {
    for (const [network, lane] of this.#lanes) {
      for (const [name, [first]] of lane.names) {
        if (!first) continue;
        this.remove(first);
        toTheEnd(lane.names, name);
        toTheEnd(this.#lanes, network);
        return first;
      }
    }
    return undefined;
  }

  /** Takes out somebody who no longer waits; true if he was there. */
  remove(leaving: W): boolean {
    const lane = this.#lanes.get(leaving.network);
    const sameName = lane?.names.get(leaving.name);
    const index = sameName?.indexOf(leaving) ?? -1;
    if (!lane || !sameName || index < 0) return false;
    sameName.splice(index, 1);
    lane.size -= 1;
    this.#size -= 1;
    if (sameName.length === 0) lane.names.delete(leaving.name);
    if (lane.size === 0) this.#lanes.delete(leaving.network);
    return true;
  }

  /** The last one of the longest lane, if the newcomer's lane would stay shorter than it; else the newcomer. */
  #lastOfLongest(newcomer: W): W {
    let longest = this.#lanes.get(newcomer.network);
    let size = (longest?.size ?? 0) + 1;
    for (const lane of this.#lanes.values()) {
      if (lane.size <= size) continue;
      longest = lane;
      size = lane.size;
    }
    if (!longest || longest === this.#lanes.get(newcomer.network)) return newcomer;
    let last: W | undefined;
    let most = 0;
    for (const sameName of longest.names.values()) {
      if (sameName.length < most) continue;
      most = sameName.length;
      last = sameName.at(-1);
    }
    return last ?? newcomer;
  }
}

function toTheEnd<V>(map: Map<string, V>, key: string): void {
  const value = map.get(key);
  if (value === undefined || !map.delete(key)) return;
  map.set(key, value);
}
