// What holds on every page, tried in one visit: most of the time it is the way to a page that costs.
//
//   its picture           for people to look at: target/screenshots/<page>-<width>[-dark].png
//   what it says          one language, one main heading, headings in order; axe finds no fault, light and dark
//   where it fits         nothing is wider than the narrowest screen, also with widely spaced text
//   how it was written    the Nu HTML checker finds no error in what the form handlers sent

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { RULES, RULES_OF_COLOUR, faults } from "./axe.mjs";
import { check } from "./html.mjs";
import { visit } from "./support.mjs";

const SIZE = { width: 1280, height: 800 };

const VIEWS = [
  { width: 320, scheme: "light" },
  { width: 320, scheme: "dark" },
  { width: 768, scheme: "light" },
  { width: 1440, scheme: "light" },
  { width: 1440, scheme: "dark" },
];
/** In the other languages only the words differ: enough to see whether they fit. */
const VIEWS_OF_TRANSLATIONS = VIEWS.filter(({ width, scheme }) => width !== 768 && scheme === "light");

/** The narrowest phone, and a laptop's 1280 × 1024 at 400 % zoom (WCAG 2.2, 1.4.10). */
const NARROW = [
  { width: 320, height: 640 },
  { width: 320, height: 256 },
];

/** WCAG 2.2, 1.4.12: what a reader's own style sheet may ask for. */
const WIDE_TEXT = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-block-end: 2em !important; }`;

/** The tests of some pages; of the built site's the checker reads the files (html.test.mjs). */
export function tryPages(pages, { areBuilt }) {
  const sent = mkdtempSync(join(tmpdir(), "zavicaj-sent-"));
  after(() => rmSync(sent, { recursive: true }));
  for (const { name, lang, open } of pages) {
    test(name, async (t) => {
      await visit({ viewport: SIZE }, async (page) => {
        const answer = lastAnswer(page);
        await open(page);
        if (!areBuilt) await keep(answer(), join(sent, name));
        await t.test(`${name} has its picture taken`, () => pictures(page, name, lang));
        await page.emulateMedia({ colorScheme: "light" });
        await page.setViewportSize(SIZE);
        await t.test(`${name} can be read by everybody, light and dark`, () => readable(page));
        await page.emulateMedia({ colorScheme: "light" });
        await t.test(`${name} says its language and has one main heading`, () => headed(page, lang));
        await t.test(`${name} fits the narrowest screen`, () => fits(page));
      });
    });
  }
  if (areBuilt) return;
  test("what was sent is valid HTML", () => {
    assert.equal(readdirSync(sent).length, pages.length);
    assert.deepEqual(check(["--skip-non-html"], sent), []);
  });
}

/** The newest answer that became a page. */
function lastAnswer(page) {
  let newest;
  page.on("response", (response) => {
    if (response.request().isNavigationRequest() && response.status() !== 303) newest = response;
  });
  return () => newest;
}

/** What was sent, not what the browser made of it. */
async function keep(answer, folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, "index.html"), await answer.body());
}

async function pictures(page, name, lang) {
  for (const { width, scheme } of lang === "hr" ? VIEWS : VIEWS_OF_TRANSLATIONS) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: scheme });
    const path = join(process.env.ZAVICAJ_PICTURES, `${name}-${width}${scheme === "dark" ? "-dark" : ""}.png`);
    await page.screenshot({ path, fullPage: true, caret: "initial" });
    assert.ok(statSync(path).size > 5_000, `${path} shows something`);
  }
}

async function readable(page) {
  assert.deepEqual(await faults(page, { tags: RULES }), [], "light");
  await page.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual(await faults(page, { rules: RULES_OF_COLOUR }), [], "dark");
}

function headings(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .filter((heading) => heading.checkVisibility())
      .map((heading) => ({ level: Number(heading.localName[1]), text: heading.textContent.trim() })),
  );
}

async function headed(page, lang) {
  assert.equal(await page.locator("html").getAttribute("lang"), lang);
  assert.notEqual((await page.title()).trim(), "");

  const order = await headings(page);
  assert.equal(order.filter(({ level }) => level === 1).length, 1, "one h1");
  assert.deepEqual(order.filter(({ text }) => text === ""), [], "no empty heading");
  const main = order.findIndex(({ level }) => level === 1);
  assert.equal(main, 0, "the h1 comes first");
  const skipped = order.filter(({ level }, index) => index > 0 && level > order[index - 1].level + 1);
  assert.deepEqual(skipped, [], "no level is left out");
}

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

/** What stays in place over a third of the screen. */
function covering(page) {
  return page.evaluate(() =>
    [...document.body.querySelectorAll("*")]
      .filter((element) => ["fixed", "sticky"].includes(getComputedStyle(element).position))
      .filter((element) => element.getBoundingClientRect().height > innerHeight / 3)
      .filter((element) => !element.matches(".skip"))
      .map((element) => element.className),
  );
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

async function fits(page) {
  for (const size of NARROW) {
    await page.setViewportSize(size);
    assert.deepEqual(await tooWide(page), [], `nothing is wider than ${size.width} × ${size.height}`);
    assert.deepEqual(await covering(page), [], "nothing stays in place over a third of the screen");
  }
  // As a constructed sheet: the page's policy holds, and allows no style in the page.
  await page.evaluate((rules) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets.push(sheet);
  }, WIDE_TEXT);
  const spacing = await page.evaluate(() => getComputedStyle(document.querySelector("h1")).wordSpacing);
  assert.notEqual(spacing, "0px", "the reader's style sheet applies");
  assert.deepEqual(await tooWide(page), [], "widely spaced text still fits");
  assert.deepEqual(await cutOff(page), [], "widely spaced text is not cut off");
}
