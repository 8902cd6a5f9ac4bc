// The deployed stack in place of `zavicaj serve`: its public address leads to the edge, its letters are with SES, its
// desk works on its table.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { startEdge } from "./edge.mjs";

/** What `tests/deploy/stack.py` deployed; nothing if it did not start this. */
export function deployed() {
  const file = process.env.ZAVICAJ_STACK;
  return file ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** What the tests find it by, what its browser has to be told, and how to end it. */
export async function openStack(stack, folder) {
  const edge = await startEdge(stack, folder);
  const url = `${stack.url}/`;
  return {
    variables: {
      ...stack.desk,
      ZAVICAJ_STORE: "dynamodb",
      ZAVICAJ_URL: url,
      ZAVICAJ_SERVER: url,
      ZAVICAJ_LETTERS: `${stack.emulator}/_ministack/ses/messages`,
      ZAVICAJ_DATA: join(folder, "data"),
      ZAVICAJ_KEYS: stack.keys,
    },
    forBrowser: [
      `--host-resolver-rules=MAP ${new URL(url).hostname} 127.0.0.1:${edge.port}`,
      `--ignore-certificate-errors-spki-list=${edge.key}`,
    ],
    stop: edge.stop,
  };
}
