import type { Program } from '../program/start-program.ts';

/** Whether something that was acknowledged is still as it was, asked of a program that was started later. */
export type StillThere = (program: Program) => Promise<void>;
