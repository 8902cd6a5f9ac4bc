// The same pages for people who asked their machine for something: no motion, their own colours, paper.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { pages } from "./pages.mjs";
import { visit } from "./support.mjs";

const named = (...names) => pages.filter(({ name }) => names.includes(name));

describe("reduced motion", () => {
  for (const { name, open } of named("home-hr", "article-hr", "form-certificate-hr", "registration-check-hr")) {
    test(`${name}: nothing moves`, async () => {
      await visit({ reducedMotion: "reduce" }, async (page) => {
        await open(page);
        await page.keyboard.press("Tab");
        const moving = await page.evaluate(() => [
          ...document.getAnimations().map((animation) => `animation ${animation.animationName ?? animation.transitionProperty}`),
          ...[document.documentElement, ...document.body.querySelectorAll("*")].flatMap((element) => {
            const style = getComputedStyle(element);
            const lasts = (times) => times.split(",").some((time) => parseFloat(time) > 0.01);
            return [
              ...(lasts(style.transitionDuration) ? [`${element.localName} transition ${style.transitionDuration}`] : []),
              ...(style.animationName !== "none" && lasts(style.animationDuration) ? [`${element.localName} ${style.animationName}`] : []),
              ...(style.scrollBehavior === "smooth" ? [`${element.localName} scrolls smoothly`] : []),
            ];
          }),
        ]);
        assert.deepEqual(moving, []);
      });
    });
  }
});

describe("colours of the reader's own", () => {
  for (const { name, open } of named("home-hr", "article-hr", "certificate-all-wrong-hr", "certificate-check-hr", "registration-receipt-hr")) {
    test(`${name}: buttons, inputs and errors have edges that do not need a background`, async () => {
      await visit({ forcedColors: "active" }, async (page) => {
        await open(page);
        const without = await page.evaluate(() =>
          [...document.querySelectorAll(".button:not(.button--link), .input, .select, .textarea, .error-summary, .reference")]
            .filter((element) => element.checkVisibility() && element.closest(".trap") === null)
            .filter((element) => {
              const style = getComputedStyle(element);
              const hasBorder = style.borderTopStyle !== "none" && parseFloat(style.borderTopWidth) >= 1;
              const hasOutline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
              return !hasBorder && !hasOutline;
            })
            .map((element) => `${element.localName}.${[...element.classList].join(".")}`),
        );
        assert.deepEqual(without, []);
        const kept = await page.evaluate(() =>
          [...document.body.querySelectorAll("*")]
            .filter((element) => getComputedStyle(element).forcedColorAdjust === "none")
            .map((element) => `${element.localName}.${[...element.classList].join(".")}`),
        );
        assert.deepEqual(kept, [], "no part insists on its own colours");
      });
    });

    test(`${name}: the focus can be seen`, async () => {
      await visit({ forcedColors: "active" }, async (page) => {
        await open(page);
        for (let step = 0; step < 15; step += 1) {
          await page.keyboard.press("Tab");
          const outline = await page.evaluate(() => {
            const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
            return { on: document.activeElement.outerHTML.slice(0, 80), isThere: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 };
          });
          assert.ok(outline.isThere, outline.on);
        }
      });
    });
  }

  test("a chosen answer can be told from the others", async () => {
    await visit({ forcedColors: "active" }, async (page) => {
      await named("form-registration-hr")[0].open(page);
      await page.locator("[data-part-all]").press("Enter");
      for (const type of ["radio", "checkbox"]) {
        const input = page.locator(`main form input[type=${type}]`).first();
        await input.scrollIntoViewIfNeeded();
        const box = await input.boundingBox();
        const before = await page.screenshot({ clip: box });
        await input.evaluate((element) => { element.checked = true; });
        assert.notDeepEqual(await page.screenshot({ clip: box }), before, type);
      }
    });
  });
});

/** Luminance of a colour as getComputedStyle gives it; undefined if it cannot be seen. */
const ink = (page) =>
  page.evaluate(() => {
    const luminance = (colour) => {
      const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
      return alpha === 0 ? null : (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
    };
    const groundOf = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const ground = luminance(getComputedStyle(at).backgroundColor);
        if (ground !== null) return ground;
      }
      return 1;
    };
    return [...document.body.querySelectorAll("h1, h2, h3, p, li, dt, dd, td, th, a, label, legend, strong")]
      .filter((element) => element.checkVisibility() && element.textContent.trim() !== "" && element.closest(".visually-hidden, .trap") === null)
      .map((element) => ({
        text: element.textContent.trim().slice(0, 40),
        colour: luminance(getComputedStyle(element).color),
        ground: groundOf(element),
      }));
  });

describe("paper", () => {
  const printed = named("article-hr", "guide-certificates-hr", "procedure-hr", "certificate-receipt-hr", "certificate-check-hr", "event-hr");
  for (const { name, open } of printed) {
    test(`${name}: dark text on white, without what only a screen needs, also from a dark screen`, async () => {
      await visit({}, async (page) => {
        await open(page);
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ media: "print", colorScheme });
          for (const part of [".main-nav", ".languages", ".breadcrumbs", ".skip", ".share", ".button--primary"]) {
            const shown = await page.locator(part).evaluateAll((elements) => elements.filter((element) => element.checkVisibility()).length);
            assert.equal(shown, 0, `${part} is not printed`);
          }
          assert.ok(await page.locator("h1").isVisible());
          const wrong = (await ink(page)).filter(({ colour, ground }) => colour > 0.35 || ground < 0.9);
          assert.deepEqual(wrong, [], `dark on white, ${colorScheme}`);
        }
      });
    });
  }

  // The receipt carries a copy of all answers, of which the certificate form has the most.
  const mostSheets = { "article-hr": 2, "certificate-receipt-hr": 3 };
  for (const { name, open } of named(...Object.keys(mostSheets))) {
    test(`${name}: fits ${mostSheets[name]} sheets of paper`, async () => {
      await visit({}, async (page) => {
        await open(page);
        const pdf = await page.pdf({ format: "A4", margin: { top: "15mm", right: "15mm", bottom: "15mm", left: "15mm" } });
        assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
        const sheets = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
        assert.ok(sheets >= 1 && sheets <= mostSheets[name], `${sheets} sheets`);
      });
    });
  }
});
