// Questions that depend on an answer: put away while they do not apply, with script; explained and decided by the
// server without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { changed, forms } from "./answers.mjs";
import { addFiles } from "./attachments.mjs";
import { formPath, freshTag } from "./pages.mjs";
import { address, send, visit } from "./support.mjs";

const [registration, certificate] = forms;

async function isShown(page, name) {
  return page.locator(`[name="${name}"]`).first().evaluate((input) => input.checkVisibility());
}

/** Opens a form with all its parts on one page. */
async function openWhole(page, id) {
  await page.goto(new URL(formPath(id), address).href);
  await page.locator("[data-part-all]").press("Enter");
}

/** Chooses an answer with the keyboard. */
async function answer(page, name, value) {
  const input = page.locator(`[name="${name}"][value="${value}"]`);
  await input.focus();
  await page.keyboard.press("Space");
  assert.ok(await input.isChecked());
}

describe("with script", () => {
  test("the name of a business is asked only of a business or an association", async () => {
    await visit({}, async (page) => {
      await openWhole(page, registration.id);
      assert.equal(await isShown(page, "organisation_name"), false);
      await answer(page, "record_kind", "business");
      assert.equal(await isShown(page, "organisation_name"), true);
      assert.equal(await isShown(page, "profession"), false);
      assert.equal(await isShown(page, "association"), true);
      await answer(page, "record_kind", "association");
      assert.equal(await isShown(page, "organisation_name"), true);
      assert.equal(await isShown(page, "association"), false);
      await answer(page, "record_kind", "person");
      assert.equal(await isShown(page, "organisation_name"), false);
      assert.equal(await isShown(page, "profession"), true);
    });
  });

  test("the marriage is asked about when any certificate is about a marriage", async () => {
    await visit({}, async (page) => {
      await openWhole(page, certificate.id);
      assert.equal(await isShown(page, "spouse_name"), false);
      assert.equal(await isShown(page, "death_place"), false);
      await answer(page, "certificates.0.kind", "birth");
      await page.locator("button[name=_add]").press("Enter");
      await page.locator('[name="certificates.1.kind"]').first().waitFor();
      await page.locator("[data-part-all]").press("Enter");
      assert.equal(await isShown(page, "spouse_name"), false);
      await answer(page, "certificates.1.kind", "marriage_intl");
      assert.equal(await isShown(page, "spouse_name"), true);
      assert.equal(await isShown(page, "death_place"), false);
    });
  });

  test("a question that was put away again is not sent on: the check page does not show its answer", async () => {
    await visit({}, async (page) => {
      await openWhole(page, certificate.id);
      const asked = certificate.answers(freshTag("away"));
      await answer(page, "for_whom", "other");
      await page.locator('[name="person_given_name"]').fill("Nevidljiva");
      await answer(page, "for_whom", "self");
      assert.equal(await isShown(page, "person_given_name"), false);
      const own = ["relation", "person_given_name", "person_family_name"];
      await send(page, changed(asked, "for_whom", "self").filter(([name]) => !own.includes(name)));
      await addFiles(page);
      const shown = await page.locator("main").innerText();
      assert.ok(shown.includes("Primjerić"));
      assert.ok(!shown.includes("Nevidljiva"));
    });
  });

  test("nothing that is put away can be reached with Tab", async () => {
    await visit({}, async (page) => {
      for (const { id } of forms) {
        await page.goto(new URL(formPath(id), address).href);
        const hidden = await page.evaluate(() =>
          [...document.querySelectorAll("main form :is(input, select, textarea, button):not([tabindex='-1'])")]
            .filter((input) => input.type !== "hidden" && !input.checkVisibility())
            .filter((input) => { input.focus(); return document.activeElement === input; })
            .map((input) => input.name),
        );
        assert.deepEqual(hidden, []);
      }
    });
  });
});

describe("without script", () => {
  for (const { id, answers } of forms) {
    test(`${id}: every question is there, and says when it applies`, async () => {
      await visit({ javaScriptEnabled: false }, async (page) => {
        await page.goto(new URL(formPath(id), address).href);
        for (const [name] of answers("x")) assert.equal(await isShown(page, name), true, name);
        const silent = await page.evaluate(() =>
          [...document.querySelectorAll("[data-shown-when-field]")]
            .filter((part) => ![...part.querySelectorAll(".hint")].some((hint) => hint.checkVisibility() && hint.textContent.length > 20))
            .map((part) => part.textContent.trim().slice(0, 60)),
        );
        assert.deepEqual(silent, []);
      });
    });
  }

  test("an answer to a question that does not apply is left out", async () => {
    await visit({ javaScriptEnabled: false }, async (page) => {
      await page.goto(new URL(formPath(registration.id), address).href);
      await send(page, [...registration.answers(freshTag("left")), ["organisation_name", "Nepotrebno d.o.o."]]);
      const shown = await page.locator("main").innerText();
      assert.ok(shown.includes("Primjerić"));
      assert.ok(!shown.includes("Nepotrebno"));
    });
  });
});
