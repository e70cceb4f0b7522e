// entry_points.txt: the commands that an installer makes programs of.
//
//   file    = *( section / entry / comment / blank )
//   section = "[" name "]"         entry = name "=" object-reference        comment = ( "#" / ";" ) text
//
// Source: packaging.python.org, "Entry points specification".

const SECTIONS: readonly string[] = ["console_scripts", "gui_scripts"];
/** A package of as many commands is an attack on whoever lists them. */
const MAX_COMMANDS = 10_000;

/** Names of commands, each once, in their order. */
export function commandsOf(text: string): readonly string[] {
  const commands = new Set<string>();
  let section = "";
  for (const raw of text.split(/\r\n|\r|\n/)) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    if (line.startsWith("[") && line.endsWith("]")) section = line.slice(1, -1).trim();
    else if (SECTIONS.includes(section) && line.includes("=")) commands.add(line.slice(0, line.indexOf("=")).trim());
    if (commands.size >= MAX_COMMANDS) break;
  }
  return [...commands];
}
