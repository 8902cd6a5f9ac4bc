// What holds on each page: one language, one main heading, headings in order, nothing wider than the screen.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pages } from "./pages.mjs";
import { visit } from "./support.mjs";

/** The narrowest phone, and a laptop's 1280 × 1024 at 400 % zoom (WCAG 2.2, 1.4.10). */
const NARROW = [
  { width: 320, height: 640 },
  { width: 320, height: 256 },
];

/** WCAG 2.2, 1.4.12: what a reader's own style sheet may ask for. */
const WIDE_TEXT = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-block-end: 2em !important; }`;

/** What sticks out of the screen to the right, named so that one can find it. */
function tooWide(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.body.querySelectorAll("*")]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5)
      .map((element) => `${element.localName}.${[...element.classList].join(".")}#${element.id} ${
        Math.round(element.getBoundingClientRect().right)} > ${clientWidth}`);
  });
}

/** Text that is cut off: its box hides what does not fit. */
function cutOff(page) {
  return page.evaluate(() =>
    [...document.body.querySelectorAll("*")]
      .filter((element) => {
        const style = getComputedStyle(element);
        return element.clientWidth > 1 && ["hidden", "clip"].includes(style.overflowX) && element.textContent.trim() !== ""
          && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1)
          && element.closest("[hidden], .visually-hidden") === null;
      })
      .map((element) => `${element.localName}.${[...element.classList].join(".")}#${element.id}`),
  );
}

function headings(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .filter((heading) => heading.checkVisibility())
      .map((heading) => ({ level: Number(heading.localName[1]), text: heading.textContent.trim() })),
  );
}

for (const { name, lang, open } of pages) {
  test(`${name} says its language, has one main heading and fits the narrowest screen`, async () => {
    await visit({ bypassCSP: true }, async (page) => {
      await open(page);
      assert.equal(await page.locator("html").getAttribute("lang"), lang);
      assert.notEqual((await page.title()).trim(), "");

      const order = await headings(page);
      assert.equal(order.filter(({ level }) => level === 1).length, 1, "one h1");
      assert.deepEqual(order.filter(({ text }) => text === ""), [], "no empty heading");
      const main = order.findIndex(({ level }) => level === 1);
      assert.equal(main, 0, "the h1 comes first");
      const skipped = order.filter(({ level }, index) => index > 0 && level > order[index - 1].level + 1);
      assert.deepEqual(skipped, [], "no level is left out");

      for (const size of NARROW) {
        await page.setViewportSize(size);
        assert.deepEqual(await tooWide(page), [], `nothing is wider than ${size.width} × ${size.height}`);
        // At this size something that stays in place could cover the whole screen.
        const covered = await page.evaluate(() =>
          [...document.body.querySelectorAll("*")]
            .filter((element) => ["fixed", "sticky"].includes(getComputedStyle(element).position))
            .filter((element) => element.getBoundingClientRect().height > innerHeight / 3)
            .filter((element) => !element.matches(".skip"))
            .map((element) => element.className),
        );
        assert.deepEqual(covered, [], "nothing stays in place over a third of the screen");
      }
      await page.addStyleTag({ content: WIDE_TEXT });
      assert.deepEqual(await tooWide(page), [], "widely spaced text still fits");
      assert.deepEqual(await cutOff(page), [], "widely spaced text is not cut off");
    });
  });
}
