import { type ArgumentOutline, type OptionOutline, type Outline, type Values, withAll } from "./outline.ts";

/** A completion script for zsh: a function a command, each with its own _arguments. */
export function zshScript(program: Outline): string {
  return `#compdef weir
# zsh completion of weir. Once, in ~/.zshrc after compinit:  source <(weir completion zsh)
${withAll(program).map(functionOf).join("\n")}
_weir_either() {
  _alternative "words:name:($*)" 'files:file:_files'
}
if [[ "\${funcstack[1]}" == "_weir" ]]; then
  _weir "$@"
else
  compdef _weir weir
fi
`;
}

const functionName = ({ words }: Pick<Outline, "words">) => ["_weir", ...words].join("_");

function functionOf(one: Outline): string {
  return one.commands.length > 0 ? groupFunction(one) : leafFunction(one);
}

function leafFunction(one: Outline): string {
  const specs = [...one.options.flatMap(optionSpecs), ...one.arguments.map(argumentSpec)];
  return `${functionName(one)}() {
  _arguments -S : ${specs.map((spec) => `\\\n    ${spec}`).join(" ")}
}`;
}

/** \`*::\` hands the words from the sub-command on to its own function. */
function groupFunction(one: Outline): string {
  const described = one.commands.map((sub) => `    ${quoted(`${lastWord(sub)}:${plain(sub.about)}`)}`);
  const specs = [...one.options.flatMap(optionSpecs), quoted("1: :->command"), quoted("*:: :->rest")];
  return `${functionName(one)}() {
  local curcontext="$curcontext" state line
  local -a commands
  typeset -A opt_args
  commands=(
${described.join("\n")}
  )
  _arguments -C : ${specs.map((spec) => `\\\n    ${spec}`).join(" ")} && return
  case "$state" in
    command) _describe command commands ;;
    rest)
      case "$words[1]" in
${one.commands.map((sub) => `        ${lastWord(sub)}) ${functionName(sub)} ;;`).join("\n")}
      esac
      ;;
  esac
}`;
}

const lastWord = ({ words }: Outline) => words.at(-1) ?? "";

function optionSpecs({ short, long, about, takes, isRepeatable }: OptionOutline): string[] {
  const value = takes === null ? "" : `:value:${action(takes)}`;
  const names = short === null ? [long] : [short, long];
  const exclusive = isRepeatable ? "*" : `(${names.join(" ")})`;
  return names.map((name) => {
    const sign = takes === null ? "" : name.startsWith("--") ? "=" : "+";
    return quoted(`${exclusive}${name}${sign}[${bracketed(about)}]${value}`);
  });
}

function argumentSpec({ name, takes, isVariadic }: ArgumentOutline, at: number): string {
  return quoted(`${isVariadic ? "*" : at + 1}:${plain(name)}:${action(takes)}`);
}

/** A space offers nothing; one in front keeps zsh from adding arguments of its own. */
function action({ words, paths }: Values): string {
  if (paths === null) return words.length > 0 ? `(${words.join(" ")})` : " ";
  if (words.length > 0) return ` _weir_either ${words.join(" ")}`;
  return paths === "folders" ? "_files -/" : "_files";
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
/** A colon ends a part of a specification. */
const plain = (text: string) => text.replaceAll("\\", "\\\\").replaceAll(":", "\\:");
const bracketed = (text: string) => text.replaceAll("\\", "\\\\").replaceAll(/[[\]]/g, "\\$&");
