export type Calls = Readonly<Record<string, () => Promise<unknown>>>;

/** Makes these calls one after the other, prints what each was given as one line of JSON, `{ error }` where it failed, and ends. */
export async function printAnswers(calls: Calls, wanted: readonly string[] = Object.keys(calls)): Promise<never> {
  const answers: Record<string, unknown> = {};
  for (const name of wanted) {
    const call = calls[name];
    if (call === undefined) throw new Error(`there is no call ${name}`);
    try {
      answers[name] = await call();
    } catch (error) {
      answers[name] = { error: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown' };
    }
  }
  process.stdout.write(`${JSON.stringify(answers)}\n`);
  process.exit();
}
