// A person with a keyboard always sees where they are; a person with an unsteady hand hits what they aim at.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { pages } from "./pages.mjs";
import { focused, visit } from "./support.mjs";

/** Pages on which every kind of link, button and input stands. */
const SAMPLE = [
  "home-hr",
  "article-hr",
  "guide-certificates-hr",
  "tags-hr",
  "form-registration-hr",
  "question-date-hr",
  "question-group-de",
  "registration-all-wrong-hr",
  "certificate-two-entries-hr",
  "registration-check-hr",
  "registration-already-sent-hr",
  "status-missed-hr",
  "status-with-question-hr",
  "own-record-hr",
  "proof-empty-objection-hr",
];
const sample = pages.filter(({ name }) => SAMPLE.includes(name));
assert.equal(sample.length, SAMPLE.length);

/** WCAG 2.2, 2.5.8; and what a thumb needs in a form. */
const SMALLEST_PX = 24;
const SMALLEST_IN_FORM_PX = 44;

/** How the element with the focus looks, whether one can see it, and how it looks without the focus. */
function look(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const styleOf = () => {
      const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
      const outline = outlineStyle === "none" || outlineWidth === "0px" ? "none" : `${outlineWidth} ${outlineColor}`;
      return `outline ${outline}; shadow ${boxShadow}`;
    };
    const named = `${element.localName}#${element.id}.${[...element.classList].join(".")} “${element.textContent.trim().slice(0, 40)}”`;
    const { left, top, right, bottom, width, height } = element.getClientRects()[0] ?? element.getBoundingClientRect();
    const top0 = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const isOnTop = top0 === element || element.contains(top0) || top0?.contains(element)
      || [...(element.labels ?? [])].some((label) => label.contains(top0));
    const withFocus = styleOf();
    const isVisible = width > 1 && height > 1 && bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
    return { named, withFocus, isVisible, isOnTop, key: [...document.querySelectorAll("*")].indexOf(element) };
  });
}

/** The same styles for all that can have the focus, while none has. */
function looksWithoutFocus(page, keys) {
  return page.evaluate((indexes) => {
    document.activeElement.blur();
    const all = [...document.querySelectorAll("*")];
    return indexes.map((index) => {
      const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(all[index]);
      const outline = outlineStyle === "none" || outlineWidth === "0px" ? "none" : `${outlineWidth} ${outlineColor}`;
      return `outline ${outline}; shadow ${boxShadow}`;
    });
  }, keys);
}

describe("focus", () => {
  for (const colorScheme of ["light", "dark"]) {
    for (const { name, open } of sample) {
      test(`${name}, ${colorScheme}: every stop of Tab can be seen`, async () => {
        await visit({ colorScheme }, async (page) => {
          await open(page);
          // From the very beginning, also where the page has put the focus elsewhere.
          await page.evaluate(() => { document.activeElement.blur(); getSelection().collapse(document.body, 0); });
          const stops = [];
          for (let step = 0; step < 300; step += 1) {
            await page.keyboard.press("Tab");
            const at = await look(page);
            if (at === null || stops.some(({ key }) => key === at.key)) break;
            stops.push(at);
          }
          assert.ok(stops.length > 10, `${stops.length} stops`);
          const before = await looksWithoutFocus(page, stops.map(({ key }) => key));
          const wrong = stops.flatMap(({ named, withFocus, isVisible, isOnTop }, index) => [
            ...(withFocus === before[index] ? [`${named} looks the same with and without focus: ${withFocus}`] : []),
            ...(isVisible ? [] : [`${named} is out of sight`]),
            ...(isOnTop ? [] : [`${named} is covered`]),
          ]);
          assert.deepEqual(wrong, []);
        });
      });
    }
  }

  test("the skip link appears with the first Tab and leads past the head of the page", async () => {
    await visit({}, async (page) => {
      await pages.find(({ name }) => name === "article-hr").open(page);
      const skip = page.locator(".skip");
      const isInSight = async () => {
        const box = await skip.boundingBox();
        return box !== null && box.y >= 0 && box.x >= 0 && box.height > 20;
      };
      assert.equal(await isInSight(), false, "it is out of sight before");
      await page.keyboard.press("Tab");
      assert.equal(await isInSight(), true, "it is in sight with the focus");
      await page.keyboard.press("Enter");
      assert.equal((await focused(page)).id, "main");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.closest("main") !== null), true);
    });
  });
});

/** What can be pressed and is smaller than it should be. A radio or checkbox is as large as with its label. */
function tooSmall(page, [smallest, smallestInForm]) {
  return page.evaluate(
    ([px, formPx]) => {
      const union = (boxes) => ({
        width: Math.max(...boxes.map((box) => box.right)) - Math.min(...boxes.map((box) => box.left)),
        height: Math.max(...boxes.map((box) => box.bottom)) - Math.min(...boxes.map((box) => box.top)),
      });
      const isInText = (link) => {
        const block = link.closest("p, li, dd, td, figcaption, address");
        return getComputedStyle(link).display === "inline" && block !== null
          && block.textContent.trim().length > link.textContent.trim().length;
      };
      return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
        .filter((element) => element.checkVisibility() && element.closest(".trap, .visually-hidden, .skip") === null)
        .filter((element) => element.localName !== "a" || !isInText(element))
        .map((element) => {
          const boxes = [element, ...(["radio", "checkbox"].includes(element.type) ? element.labels : [])];
          const { width, height } = union(boxes.map((box) => box.getBoundingClientRect()));
          const least = element.closest("form") && !element.matches(".button--link, summary, a") ? formPx : px;
          return { element, width: Math.round(width * 10) / 10, height: Math.round(height * 10) / 10, least };
        })
        .filter(({ width, height, least }) => width < least || height < least)
        .map(({ element, width, height, least }) =>
          `${element.localName}#${element.id} “${element.textContent.trim().slice(0, 30)}”: ${width} × ${height} < ${least}`);
    },
    [smallest, smallestInForm],
  );
}

describe("targets", () => {
  for (const { name, open } of sample) {
    test(`${name}: what can be pressed is large enough, on a phone and on a desk`, async () => {
      await visit({}, async (page) => {
        await open(page);
        for (const width of [320, 1280]) {
          await page.setViewportSize({ width, height: 800 });
          assert.deepEqual(await tooSmall(page, [SMALLEST_PX, SMALLEST_IN_FORM_PX]), [], `${width} px`);
        }
      });
    });
  }
});
