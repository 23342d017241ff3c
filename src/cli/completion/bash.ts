import { type Outline, type Values, withAll } from "./outline.ts";

/** A completion script for bash 3.2 and newer: it has no associative arrays, and perhaps no compopt. */
export function bashScript(program: Outline): string {
  const all = withAll(program);
  return `# bash completion of weir. Once, in ~/.bashrc:  source <(weir completion bash)
_weir_words() {
  COMPREPLY+=($(compgen -W "$1" -- "$cur"))
}
_weir_paths() {
  local IFS=$'\\n'
  compopt -o "$1" 2>/dev/null || COMPREPLY+=($(compgen "$2" -- "$cur"))
}
_weir() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" at=0 takes="" word i
  COMPREPLY=()
  # --name=value arrives as three words.
  if [[ $cur == "=" ]]; then
    cur=""
  elif [[ $prev == "=" ]]; then
    prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ $word == "=" ]]; then continue; fi
    if [[ -n $takes ]]; then
      takes=""
      continue
    fi
    case "$path $word" in
${arms(
  all.flatMap((one) => one.options.flatMap((option) => (option.takes ? [pattern(one, option.long)] : []))),
  "takes=1",
)}
      *" -"?*) ;;
${all.flatMap((one) => one.commands.map((sub) => `      ${pattern(one, sub.words.at(-1) ?? "")}) path="${sub.words.join(" ")}" ;;`)).join("\n")}
      *) ((at++)) ;;
    esac
  done
  if [[ -n $takes ]]; then
    case "$path $prev" in
${all.flatMap((one) => one.options.flatMap(({ long, takes }) => (takes ? offered(pattern(one, long), takes) : []))).join("\n")}
      *) ;;
    esac
    return
  fi
  if [[ $cur == -* ]]; then
    case "$path" in
${all.map((one) => `      ${quoted(one.words.join(" "))}) _weir_words "${flags(one)}" ;;`).join("\n")}
    esac
    return
  fi
  case "$path $at" in
${all.flatMap((one) => commandArm(one).concat(argumentArms(one))).join("\n")}
    *) ;;
  esac
}
complete -F _weir weir
`;
}

const quoted = (text: string) => `"${text}"`;
const pattern = ({ words }: Outline, word: string) => quoted(`${words.join(" ")} ${word}`);
const arms = (patterns: readonly string[], then: string) =>
  patterns.map((one) => `      ${one}) ${then} ;;`).join("\n");

const flags = ({ options }: Outline) =>
  options.flatMap(({ short, long }) => [...(short ? [short] : []), long]).join(" ");

function commandArm(one: Outline): string[] {
  if (one.commands.length === 0) return [];
  return [`      ${pattern(one, "0")}) _weir_words "${one.commands.map(({ words }) => words.at(-1)).join(" ")}" ;;`];
}

/** The last argument may come again and again. */
function argumentArms(one: Outline): string[] {
  return one.arguments.flatMap(({ takes, isVariadic }, at) =>
    offered(isVariadic ? `${quoted(`${one.words.join(" ")} `)}*` : pattern(one, String(at)), takes),
  );
}

function offered(at: string, { words, paths }: Values): string[] {
  const parts = [
    ...(words.length > 0 ? [`_weir_words "${words.join(" ")}"`] : []),
    ...(paths === "files" ? ["_weir_paths default -f"] : []),
    ...(paths === "folders" ? ["_weir_paths dirnames -d"] : []),
  ];
  return parts.length > 0 ? [`      ${at}) ${parts.join("; ")} ;;`] : [];
}
