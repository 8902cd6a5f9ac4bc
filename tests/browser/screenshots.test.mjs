// A picture of every kind of page, for people to look at: target/screenshots/<page>-<width>[-dark].png.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { pages } from "./pages.mjs";
import { visit } from "./support.mjs";

const VIEWS = [
  { width: 320, scheme: "light" },
  { width: 320, scheme: "dark" },
  { width: 768, scheme: "light" },
  { width: 1440, scheme: "light" },
  { width: 1440, scheme: "dark" },
];
/** In the other languages only the words differ: enough to see whether they fit. */
const VIEWS_OF_TRANSLATIONS = VIEWS.filter(({ width, scheme }) => width !== 768 && scheme === "light");

for (const { name, lang, open } of pages) {
  test(`${name} has its picture taken`, async () => {
    await visit({}, async (page) => {
      await open(page);
      for (const { width, scheme } of lang === "hr" ? VIEWS : VIEWS_OF_TRANSLATIONS) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme: scheme });
        const path = join(process.env.ZAVICAJ_PICTURES, `${name}-${width}${scheme === "dark" ? "-dark" : ""}.png`);
        await page.screenshot({ path, fullPage: true, caret: "initial" });
        assert.ok(statSync(path).size > 5_000, `${path} shows something`);
      }
    });
  });
}
