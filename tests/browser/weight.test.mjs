// Pages are light: they are read on slow phones.

import assert from "node:assert/strict";
import { test } from "node:test";

import { staticPages } from "./pages.mjs";
import { visit } from "./support.mjs";

/** Uncompressed: the limit of an article is 60 kB for its HTML and the style sheet. */
const HTML_AND_STYLE_BYTES = 60_000;
const ALL_BYTES = 120_000;
const REQUESTS = 6;

const kinds = staticPages.filter(({ lang, name }) => lang === "hr" && !name.startsWith("form-"));

for (const { name, open } of kinds) {
  test(`${name} is light`, async () => {
    await visit({}, async (page) => {
      const loaded = [];
      page.on("response", (response) => loaded.push(response));
      await open(page);
      const sizes = await Promise.all(
        loaded.map(async (response) => ({ type: response.request().resourceType(), bytes: (await response.body()).length })),
      );
      const total = (isCounted) => sizes.filter(isCounted).reduce((sum, { bytes }) => sum + bytes, 0);
      const base = total(({ type }) => type === "document" || type === "stylesheet");
      assert.ok(base < HTML_AND_STYLE_BYTES, `HTML and style sheet: ${base} bytes`);
      assert.ok(total(() => true) < ALL_BYTES, `everything: ${total(() => true)} bytes`);
      assert.ok(sizes.length <= REQUESTS, `${sizes.length} requests`);
    });
  });
}
