// The Nu HTML checker, which reads what a browser is sent.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const JAR = createRequire(import.meta.url).resolve("vnu-jar/build/dist/vnu.jar");
const JAVA_MISSING = "java is missing, and the Nu HTML checker needs it (Debian: apt-get install default-jre-headless)";

/** The checker's findings in some files or folders, one line each. */
export function check(kind, ...places) {
  const checked = spawnSync("java", ["-jar", JAR, "--errors-only", "--format", "json", ...kind, ...places], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  assert.notEqual(checked.error?.code, "ENOENT", JAVA_MISSING);
  assert.ifError(checked.error);
  const { messages } = JSON.parse(checked.stderr || "{}");
  assert.ok(Array.isArray(messages), `the checker did not work: ${checked.stderr}`);
  return messages.map(
    ({ url, lastLine, message, extract }) => `${url?.split("/").slice(-4).join("/")}:${lastLine}: ${message} ${extract ?? ""}`,
  );
}
