// What reading YAML gives: texts, lists and mappings, as in the failsafe schema of YAML 1.2.2 (section 10.1), so that
// `true`, `5.4` and `~` are the texts that they are written as, and nothing at all is the empty text.

export type YamlMap = ReadonlyMap<string, YamlNode>;

export interface YamlNode {
  readonly value: string | readonly YamlNode[] | YamlMap;
  /** 1-based; of a member of a mapping that of its key. */
  readonly line: number;
}

/** A value that is a mapping, or undefined. */
export function yamlMap(node: YamlNode | undefined): YamlMap | undefined {
  return node?.value instanceof Map ? node.value : undefined;
}

/** A value that is a text, or undefined. */
export function yamlText(node: YamlNode | undefined): string | undefined {
  return typeof node?.value === "string" ? node.value : undefined;
}

/** A value that is a list, or undefined. */
export function yamlList(node: YamlNode | undefined): readonly YamlNode[] | undefined {
  return Array.isArray(node?.value) ? node.value : undefined;
}
