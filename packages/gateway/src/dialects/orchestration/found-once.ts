/** Reads once for one call, however often its row asks: what is answered is the item that was decided on. */
export function foundOnce<C extends object, Item>(read: (call: C) => Promise<Item>): (call: C) => Promise<Item> {
  const reads = new WeakMap<C, Promise<Item>>();
  return (call) => {
    const found = reads.get(call) ?? read(call);
    reads.set(call, found);
    return found;
  };
}
