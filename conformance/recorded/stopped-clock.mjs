// Loaded into the program before anything else (`node --import`): its wall clock stands still at what a file says, so that
// the times in recorded tokens mean what they meant, to the second, on any machine.
import { readFileSync } from 'node:fs';

const { STOPPED_CLOCK } = process.env;
if (STOPPED_CLOCK !== undefined) Date.now = () => Number(readFileSync(STOPPED_CLOCK, 'utf8'));
