// No page has a fault that a machine can find, for anybody who reads it with other means than eyes and mouse.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";

import { pages } from "./pages.mjs";
import { visit } from "./support.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
/** What colours decide; everything else is the same in the dark. */
const RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"];

/** An examination of a page without frames: it needs no second page to put the results together. */
function examine(page) {
  return new AxeBuilder({ page }).options({ resultTypes: ["violations", "incomplete"] }).setLegacyMode(true);
}

/** One line for each element, with what axe says about it. */
function told(results) {
  return results.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")}`),
  );
}

for (const { name, open } of pages) {
  test(`${name} can be read by everybody, light and dark`, async () => {
    await visit({}, async (page) => {
      await open(page);
      const light = await examine(page).withTags(RULES).analyze();
      assert.deepEqual(told(light.violations), [], "light");
      await page.emulateMedia({ colorScheme: "dark" });
      const dark = await examine(page).withRules(RULES_OF_COLOUR).analyze();
      assert.deepEqual(told(dark.violations), [], "dark");
    });
  });
}
