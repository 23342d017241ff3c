import { type OptionOutline, type Outline, type Values, withAll } from "./outline.ts";

/** A completion script for fish. Sub-commands come first on the line, which is how Weir wants them. */
export function fishScript(program: Outline): string {
  const lines = withAll(program).flatMap((one) => commandLines(one).concat(optionLines(one), argumentLines(one)));
  return `# fish completion of weir. Once:  weir completion fish > ~/.config/fish/completions/weir.fish
function __weir_at
    set -l words (commandline -opc)
    set -e words[1]
    set -l n (count $argv)
    test $n -eq 0; and return 0
    test (count $words) -ge $n; and test "$words[1..$n]" = "$argv"
end
function __weir_exactly
    test (count (commandline -opc)) -eq (math (count $argv) + 1); and __weir_at $argv
end
complete -c weir -f
${lines.join("\n")}
`;
}

const commandLines = (one: Outline) =>
  one.commands.map((sub) => complete(exactly(one), `-a ${lastWord(sub)} -d ${quoted(sub.about)}`));
const optionLines = (one: Outline) => one.options.map((option) => complete(below(one), optionFlags(option)));
const argumentLines = (one: Outline) =>
  one.arguments
    .map(({ takes }) => argumentFlags(takes))
    .filter((flags) => flags !== "")
    .map((flags) => complete(below(one), flags));

const lastWord = ({ words }: Outline) => words.at(-1) ?? "";
const exactly = ({ words }: Outline) => ["__weir_exactly", ...words].join(" ");
/** The program's own options are offered before a command only. */
const below = (one: Outline) => (one.commands.length > 0 ? exactly(one) : ["__weir_at", ...one.words].join(" "));
const complete = (condition: string, flags: string) => `complete -c weir -n ${quoted(condition)} ${flags}`;

function optionFlags({ short, long, about, takes }: OptionOutline): string {
  const names = `${short === null ? "" : `-s ${short.slice(1)} `}-l ${long.slice(2)}`;
  return `${names}${takes === null ? "" : ` ${valueFlags(takes)}`} -d ${quoted(about)}`;
}

function valueFlags({ words, paths }: Values): string {
  if (paths === "folders") return `-x -a ${quoted("(__fish_complete_directories)")}`;
  if (paths === "files") return words.length > 0 ? `-r -F -a ${quoted(words.join(" "))}` : "-r -F";
  return words.length > 0 ? `-x -a ${quoted(words.join(" "))}` : "-x";
}

function argumentFlags({ words, paths }: Values): string {
  return [paths === null ? "" : "-F", words.length > 0 ? `-a ${quoted(words.join(" "))}` : ""].join(" ").trim();
}

const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
