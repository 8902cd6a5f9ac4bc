// No page has a fault that a machine can find, for anybody who reads it with other means than eyes and mouse.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";

import { pages } from "./pages.mjs";
import { visit } from "./support.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

/** One line for each element, with what axe says about it. */
function told(violations) {
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")}`),
  );
}

for (const { name, open } of pages) {
  test(`${name} can be read by everybody, light and dark`, async () => {
    await visit({}, async (page) => {
      await open(page);
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
        assert.deepEqual(told(violations), [], colorScheme);
      }
    });
  });
}
