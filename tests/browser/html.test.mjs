// The Nu HTML checker finds no error in anything that a browser is sent.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { pages, staticPages } from "./pages.mjs";
import { visit } from "./support.mjs";

const JAR = createRequire(import.meta.url).resolve("vnu-jar/build/dist/vnu.jar");
const JAVA_MISSING = "java is missing, and the Nu HTML checker needs it (Debian: apt-get install default-jre-headless)";

/** The checker's findings in some files or folders, one line each. */
function check(kind, ...places) {
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

test("every page of the built site is valid HTML", () => {
  assert.deepEqual(check(["--skip-non-html"], process.env.ZAVICAJ_BUILT), []);
});

/** The published files of the theme of one kind; their names bear fingerprints. */
function published(ending) {
  const names = readdirSync(process.env.ZAVICAJ_BUILT).filter((name) => name.endsWith(ending));
  assert.ok(names.length > 1, `${ending}: ${names}`);
  return names.map((name) => join(process.env.ZAVICAJ_BUILT, name));
}

test("the style sheets are valid", () => {
  assert.deepEqual(check(["--css"], ...published(".css")), []);
});

test("the drawings are valid", () => {
  const drawings = published(".svg");
  assert.deepEqual(check(["--svg"], ...drawings), []);
});

describe("what the form handlers answer", () => {
  let folder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "zavicaj-answers-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("is valid HTML: errors, check pages, receipts and all the others", async () => {
    for (const { name, open } of pages.filter((page) => !staticPages.includes(page))) {
      await visit({ javaScriptEnabled: false }, async (page) => {
        let sent;
        page.on("response", (response) => {
          // What was sent, not what the browser made of it.
          if (response.request().isNavigationRequest() && response.status() !== 303) sent = response;
        });
        await open(page);
        mkdirSync(join(folder, name));
        writeFileSync(join(folder, name, "index.html"), await sent.body());
      });
    }
    assert.deepEqual(check(["--skip-non-html"], folder), []);
  });
});

test("the checker finds an error where there is one", () => {
  const broken = mkdtempSync(join(tmpdir(), "zavicaj-broken-"));
  try {
    writeFileSync(join(broken, "index.html"), "<!doctype html><html lang=hr><title>x</title><p id=a><p id=a>");
    assert.equal(check(["--skip-non-html"], broken).length, 1);
  } finally {
    rmSync(broken, { recursive: true, force: true });
  }
});
