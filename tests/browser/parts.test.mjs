// A form shows one part at a time with script: every part has a heading that takes the focus, an address that "back"
// leads to, and nothing is lost on the way. Without script it is one long page (keyboard.test.mjs).

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { forms } from "./answers.mjs";
import { enter, tabTo, tabToSend } from "./keyboard.mjs";
import { formPath } from "./pages.mjs";
import { address, focused, valuesOf, visit } from "./support.mjs";

const [registration, certificate] = forms;

async function open(page, { id }) {
  await page.goto(new URL(formPath(id), address).href);
}

/** The headings of the parts that one can see. */
function partsInSight(page) {
  return page.locator("main form.form > .form-section > h2").evaluateAll((headings) =>
    headings.filter((heading) => heading.checkVisibility()).map((heading) => heading.id));
}

async function next(page) {
  await tabTo(page, (at) => at.leadsOn);
  await page.keyboard.press("Enter");
}

describe("one part at a time", () => {
  test("the button leads to the next part, its heading takes the focus, and “back” of page and browser lead back", async () => {
    await visit({}, async (page) => {
      await open(page, registration);
      assert.deepEqual(await partsInSight(page), ["s-who"]);
      assert.equal(await page.locator(".form-progress").innerText(), "Dio 1 od 5");
      await page.locator("[name=given_name]").fill("Ana");
      await next(page);
      assert.deepEqual(await partsInSight(page), ["s-where"]);
      assert.equal((await focused(page)).id, "s-where");
      assert.equal(await page.locator(".form-progress").innerText(), "Dio 2 od 5");
      await next(page);
      assert.deepEqual(await partsInSight(page), ["s-link"]);
      await page.goBack();
      assert.deepEqual(await partsInSight(page), ["s-where"]);
      assert.equal((await focused(page)).id, "s-where");
      await tabTo(page, (at) => at.leadsBack);
      await page.keyboard.press("Enter");
      assert.deepEqual(await partsInSight(page), ["s-who"]);
      assert.equal(await page.locator("[name=given_name]").inputValue(), "Ana");
    });
  });

  test("Enter in an input goes on, and sends nothing before the last part", async () => {
    await visit({}, async (page) => {
      await open(page, registration);
      await page.locator("[name=given_name]").focus();
      await page.keyboard.press("Enter");
      assert.deepEqual(await partsInSight(page), ["s-where"]);
      assert.ok(page.url().includes("/obrasci/"));
    });
  });

  test("a part that an answer makes needless is left out, and counted when it is needed", async () => {
    await visit({}, async (page) => {
      await open(page, certificate);
      for (let part = 0; part < 4; part += 1) await next(page);
      assert.deepEqual(await partsInSight(page), ["s-order"]);
      assert.equal(await page.locator(".form-progress").innerText(), "Dio 5 od 8");
      const marriage = page.locator('[name="certificates.0.kind"][value="marriage"]');
      await marriage.focus();
      await page.keyboard.press("Space");
      await page.waitForFunction(() => document.querySelector(".form-progress").textContent === "Dio 5 od 9");
      await next(page);
      assert.deepEqual(await partsInSight(page), ["s-marriage"]);
    });
  });

  test("a line of the list of errors leads into a part that is away", async () => {
    await visit({}, async (page) => {
      await open(page, registration);
      await tabToSend(page);
      assert.equal(await enter(page), 422);
      assert.deepEqual(await partsInSight(page), ["s-who"], "the first part with an error");
      const link = page.locator('.error-summary a[href="#f-consent_register"]');
      await link.focus();
      await page.keyboard.press("Enter");
      assert.deepEqual(await partsInSight(page), ["s-consents"]);
      assert.equal((await focused(page)).id, "f-consent_register");
      assert.ok(page.url().endsWith("/usluge/registracija/provjera"), "an answered page keeps its address");
    });
  });

  test("an added certificate is shown at once, in its own part", async () => {
    await visit({}, async (page) => {
      await open(page, certificate);
      for (let part = 0; part < 4; part += 1) await next(page);
      await tabTo(page, (at) => at.name === "_add");
      await enter(page);
      assert.deepEqual(await partsInSight(page), ["s-order"]);
      assert.match((await focused(page)).name, /^certificates\.1\./);
    });
  });

  test("all questions can be had on one page, and on paper they always are", async () => {
    await visit({}, async (page) => {
      await open(page, registration);
      await page.emulateMedia({ media: "print" });
      assert.equal((await partsInSight(page)).length, 5);
      await page.emulateMedia({ media: "screen" });
      await page.locator("[data-part-all]").focus();
      await page.keyboard.press("Enter");
      assert.equal((await partsInSight(page)).length, 5);
      assert.equal(await page.locator("[data-part-send]").isVisible(), true);
      assert.equal(await page.locator("[data-part-next]").isVisible(), false);
    });
  });

  test("nothing is lost when a part is loaded again by its address", async () => {
    await visit({}, async (page) => {
      await page.goto(new URL(`${formPath(registration.id)}#s-interests`, address).href);
      assert.deepEqual(await partsInSight(page), ["s-interests"]);
      await page.locator('[name="interests"][value="events"]').check();
      assert.ok((await valuesOf(page)).some(([name, value]) => name === "interests" && value === "events"));
    });
  });
});

test("without script the form is one long page and none of the script's buttons is there", async () => {
  await visit({ javaScriptEnabled: false }, async (page) => {
    await open(page, certificate);
    assert.equal((await partsInSight(page)).length, 10);
    for (const button of ["[data-part-next]", "[data-part-back]", "[data-part-all]", "[data-save-later]"]) {
      assert.equal(await page.locator(button).isVisible(), false, button);
    }
  });
});
