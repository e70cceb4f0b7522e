// What the readers that MCP clients and npm extract with find in an archive: to compare ourselves with.

import { list } from "tar";
import yauzl from "yauzl";

export type Files = Readonly<Record<string, string>>;

/** The files of a zip archive by yauzl. Rejects where it refuses. A name that occurs twice is an error. */
export async function yauzlFiles(bytes: Uint8Array): Promise<Files> {
  const zip = await new Promise<yauzl.ZipFile>((resolve, reject) => {
    yauzl.fromBuffer(Buffer.from(bytes), { lazyEntries: true }, (error, file) =>
      error ? reject(error) : resolve(file),
    );
  });
  const files: Record<string, string> = {};
  await new Promise<void>((resolve, reject) => {
    zip.on("error", reject);
    zip.on("end", resolve);
    zip.on("entry", (entry: yauzl.Entry) => {
      if (entry.fileName.endsWith("/")) return zip.readEntry();
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error);
        put(files, entry.fileName, "");
        stream.on("data", (chunk: Buffer) => (files[entry.fileName] += chunk.toString()));
        stream.on("error", reject);
        stream.on("end", () => zip.readEntry());
      });
    });
    zip.readEntry();
  });
  return files;
}

/** The files of a tarball by npm's own reader. Warnings are errors. A name that occurs twice is one too. */
export function nodeTarFiles(path: string): Files {
  const files: Record<string, string> = {};
  list({
    file: path,
    sync: true,
    strict: true,
    onReadEntry(entry) {
      if (entry.type === "Directory") return;
      put(files, entry.path, "");
      entry.on("data", (chunk) => (files[entry.path] += chunk.toString()));
    },
  });
  return files;
}

function put(files: Record<string, string>, name: string, content: string): void {
  if (Object.hasOwn(files, name)) throw new Error(`${name} occurs twice`);
  files[name] = content;
}
