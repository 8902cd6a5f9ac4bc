// The picture for README.md: the front page above the fold.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { address, visit } from "./support.mjs";

const LIMIT_BYTES = 200_000;

test("the front page's picture is light enough for the README", async () => {
  const path = join(process.env.ZAVICAJ_PICTURES, "front-page.png");
  await visit({ viewport: { width: 1280, height: 1040 } }, async (page) => {
    await page.goto(address.href);
    await page.screenshot({ path });
  });
  const { size } = statSync(path);
  assert.ok(size > 10_000 && size < LIMIT_BYTES, `${size} bytes`);
});
