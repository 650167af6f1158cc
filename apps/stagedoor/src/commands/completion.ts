import type { Command } from 'commander';
import { OperatorError } from '../operator-error.ts';

/** What may follow after these words of a command line. */
type Place = {
  /** The commands so far, such as `/client/create`; empty for the program itself. */
  readonly route: string;
  readonly words: readonly string[];
  /** What may follow an option that has a fixed choice. */
  readonly choices: readonly { readonly option: string; readonly words: readonly string[] }[];
};

const SCRIPTS: Readonly<Record<string, (places: readonly Place[]) => string>> = { bash, zsh, fish };

/** The script that completes this program's commands in a shell. It asks nobody: what may follow is written in it. */
export function completionFor(shell: string, program: Command): string {
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script === undefined)
    throw new OperatorError(
      'INVALID_INPUT',
      `no completion for this shell: there is one for ${Object.keys(SCRIPTS).join(', ')}`,
    );
  return script(placesIn(program, ''));
}

function placesIn(command: Command, route: string): readonly Place[] {
  const options = command.options.filter(({ hidden }) => !hidden);
  const words = [
    ...command.commands.map((child) => child.name()),
    ...(route === '/completion' ? Object.keys(SCRIPTS) : []),
    ...options.flatMap(({ long }) => (long === undefined || long === null ? [] : [long])),
    '--help',
  ];
  const choices = options.flatMap(({ long, argChoices = [] }) =>
    long === undefined || long === null || argChoices.length === 0 ? [] : [{ option: long, words: argChoices }],
  );
  return [
    { route, words, choices },
    ...command.commands.flatMap((child) => placesIn(child, `${route}/${child.name()}`)),
  ];
}

/** Words are names of commands and options, letters and dashes: no shell takes them for anything else. */
function cases(places: readonly Place[], give: (words: string) => string): string {
  return places
    .flatMap(({ route, words, choices }) => [
      ...choices.map(({ option, words: of }) => `    ${route}' '${option}) ${give(of.join(' '))} ;;`),
      `    ${route}' '*) ${give(words.join(' '))} ;;`,
    ])
    .join('\n');
}

function routesOf(places: readonly Place[]): string {
  return places.flatMap(({ route }) => (route === '' ? [] : [route])).join('|');
}

function bash(places: readonly Place[]): string {
  return `# bash completion of stagedoor: source <(stagedoor completion bash)
_stagedoor() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" route='' words='' at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "$route/\${COMP_WORDS[at]}" in
    ${routesOf(places)}) route="$route/\${COMP_WORDS[at]}" ;;
    esac
  done
  case "$route $previous" in
${cases(places, (words) => `words='${words}'`)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _stagedoor stagedoor
`;
}

function zsh(places: readonly Place[]): string {
  return `#compdef stagedoor
_stagedoor() {
  local previous="\${words[CURRENT-1]}" route='' word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$route/$word" in
    ${routesOf(places)}) route="$route/$word" ;;
    esac
  done
  case "$route $previous" in
${cases(places, (words) => `compadd -- ${words}`)}
  esac
  (( compstate[nmatches] )) || _files
}
if [[ "\${funcstack[1]}" == _stagedoor ]]; then _stagedoor "$@"; else compdef _stagedoor stagedoor; fi
`;
}

function fish(places: readonly Place[]): string {
  const of = places.flatMap(({ route, words, choices }) => [
    ...choices.map(
      ({ option, words: those }) => `    case '${route} ${option}'\n      printf '%s\\n' ${those.join(' ')}`,
    ),
    `    case '${route} *'\n      printf '%s\\n' ${words.join(' ')}`,
  ]);
  return `# fish completion of stagedoor
function __stagedoor_words
  set -l given (commandline -opc)
  set -l route ''
  for word in $given[2..]
    switch "$route/$word"
    case ${places.flatMap(({ route }) => (route === '' ? [] : [`'${route}'`])).join(' ')}
      set route "$route/$word"
    end
  end
  switch "$route $given[-1]"
${of.join('\n')}
  end
end
complete -c stagedoor -a '(__stagedoor_words)'
`;
}
