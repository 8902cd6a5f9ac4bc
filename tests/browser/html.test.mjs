// The Nu HTML checker finds no error in what is published, and finds one where there is one. What the form handlers
// answer is checked where every page is visited (each-page.mjs).

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { check } from "./html.mjs";

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

test("the checker finds an error where there is one", () => {
  const broken = mkdtempSync(join(tmpdir(), "zavicaj-broken-"));
  try {
    writeFileSync(join(broken, "index.html"), "<!doctype html><html lang=hr><title>x</title><p id=a><p id=a>");
    assert.equal(check(["--skip-non-html"], broken).length, 1);
  } finally {
    rmSync(broken, { recursive: true, force: true });
  }
});
