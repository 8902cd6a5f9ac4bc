// axe-core in a page: what a machine can find that keeps somebody from reading or using it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The small one: each page compiles it anew, and that is most of an examination.
const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The tags of the rules: WCAG 2.2 up to AA, and what axe recommends beyond. */
export const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
/** What colours decide; everything else is the same in the dark. */
export const RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"];

/** What all rules find, or those of some tags, or single ones; in the whole page or a part. A line for each element. */
export async function faults(page, { tags, rules, within } = {}) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(SOURCE);
  const runOnly = (tags && { type: "tag", values: tags }) ?? (rules && { type: "rule", values: rules });
  const found = await page.evaluate(
    async ([part, options]) => {
      const { violations, passes, incomplete } = await window.axe.run(part ?? document, options);
      return { violations, looked: violations.length + passes.length + incomplete.length };
    },
    [within, { ...(runOnly && { runOnly }), resultTypes: ["violations"] }],
  );
  assert.ok(found.looked > 0, "there was something to look at");
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")}`),
  );
}
