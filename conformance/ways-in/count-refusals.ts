/** How often the door has refused with this code, as its own metrics say. */
export async function countRefusals(management: string, code: string): Promise<number> {
  const text = await (await fetch(`${management}/actuator/prometheus`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`stagedoor_refusals_total{code="${code}"}`));
  return line === undefined ? 0 : Number(line.split(' ').at(-1));
}
