import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type PageCommand = { readonly page: string; readonly command: string };

/** Every shell command of the pages, in their words: from fenced blocks, and from pages that were saved as plain text. */
export function readPageCommands(directory: string): readonly PageCommand[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.md'))
    .sort()
    .flatMap((page) => commandsOf(readFileSync(join(directory, page), 'utf8')).map((command) => ({ page, command })));
}

/** A command begins with `curl` and goes on for as long as its lines end in a backslash. */
function commandsOf(text: string): string[] {
  const commands: string[] = [];
  let current: string[] | null = null;
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (current === null && !line.startsWith('curl ')) continue;
    current = [...(current ?? []), line];
    if (line.endsWith('\\')) continue;
    commands.push(current.join('\n'));
    current = null;
  }
  return commands;
}
