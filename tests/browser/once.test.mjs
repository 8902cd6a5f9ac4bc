// Whatever a person does with the last button, one submission comes of it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { forms } from "./answers.mjs";
import { addFiles } from "./attachments.mjs";
import { theLetterTo } from "./letters.mjs";
import { formPath, freshTag } from "./pages.mjs";
import { address, send, visit } from "./support.mjs";

const CONFIRM = "main form.form [type=submit]";

async function toCheckPage(page, { id, answers }, tag) {
  await page.goto(new URL(formPath(id), address).href);
  await send(page, answers(tag));
  assert.equal(await addFiles(page), 200);
  assert.equal(await page.locator("[name=_key]").count(), 1, "the check page");
}

async function receipt(page) {
  await page.waitForURL(/\/usluge\/potvrda\//);
  return (await page.locator(".reference").innerText()).trim();
}

/** Back, and "yes" to the browser's question whether the form is to be sent again. */
async function backAndSendAgain(page) {
  await assert.rejects(page.goBack(), /ERR_CACHE_MISS/);
  await page.waitForURL("chrome-error://**");
  // What the button on the browser's own page does.
  await page.evaluate(() => location.reload());
  await page.waitForURL(/\/provjera$/);
  await page.locator("main form.form").waitFor();
  // From there the browser hides where it sends from, and the site asks whether one means it.
  if ((await page.locator("[name=_key]").count()) === 0) {
    await page.locator(CONFIRM).press("Enter");
    await page.locator("[name=_key]").waitFor({ state: "attached" });
  }
}

for (const javaScriptEnabled of [true, false]) {
  describe(javaScriptEnabled ? "with script" : "without script", () => {
    for (const form of forms) {
      test(`${form.id}: a double click sends once`, async () => {
        await visit({ javaScriptEnabled }, async (page) => {
          const tag = freshTag("click");
          await toCheckPage(page, form, tag);
          await page.locator(CONFIRM).dblclick({ noWaitAfter: true });
          assert.match(await receipt(page), /^\S{4}-\S{4}$/);
          await theLetterTo(form.address(tag));
        });
      });
    }

    // The check page is never kept by the browser (README, decisions of the handlers): Back asks to send the form
    // again, and whoever agrees must not end with a second request.
    test("going back from the receipt, sending the form again and confirming again leads to the first receipt", async () => {
      const [form] = forms;
      await visit({ javaScriptEnabled }, async (page) => {
        const tag = freshTag("back");
        await toCheckPage(page, form, tag);
        await page.locator(CONFIRM).press("Enter");
        const first = await receipt(page);
        await backAndSendAgain(page);
        assert.equal(await page.locator("[name=_key]").count(), 1, "the check page again");
        await page.locator(CONFIRM).press("Enter");
        await page.locator("button[name=_again]").waitFor();
        await page.locator("main a.button--primary").press("Enter");
        assert.equal(await receipt(page), first);
        await theLetterTo(form.address(tag));
      });
    });

    test("the same check page in two tabs, confirmed in both, shows the same receipt", async () => {
      const [form] = forms;
      await visit({ javaScriptEnabled }, async (page) => {
        const tag = freshTag("tabs");
        await toCheckPage(page, form, tag);
        const [other] = await Promise.all([
          page.context().waitForEvent("page"),
          page.locator(CONFIRM).evaluate((button) => {
            button.form.target = "other";
            button.form.requestSubmit();
            button.form.target = "";
          }),
        ]);
        const first = await receipt(other);
        if (javaScriptEnabled) await page.evaluate(() => dispatchEvent(new Event("pageshow")));
        await page.locator(CONFIRM).press("Enter");
        assert.equal(await receipt(page), first);
        await theLetterTo(form.address(tag));
      });
    });

    test("going back from the check page shows the form with every answer", async () => {
      const [form] = forms;
      await visit({ javaScriptEnabled }, async (page) => {
        const tag = freshTag("form");
        await toCheckPage(page, form, tag);
        await page.goBack();
        const kept = await page.evaluate(() => [...new FormData(document.querySelector("main form.form"))]);
        for (const [name, value] of form.answers(tag)) {
          assert.ok(kept.some((pair) => pair[0] === name && pair[1] === value), `${name} is still there`);
        }
      });
    });

    test("the same answers from a fresh form lead to the first receipt, and are sent again only on request", async () => {
      const [form] = forms;
      await visit({ javaScriptEnabled }, async (page) => {
        const tag = freshTag("twice");
        await toCheckPage(page, form, tag);
        await page.locator(CONFIRM).press("Enter");
        const first = await receipt(page);

        await toCheckPage(page, form, tag);
        await page.locator(CONFIRM).press("Enter");
        await page.locator("button[name=_again]").waitFor();
        assert.equal((await page.locator(".reference").innerText()).trim(), first);
        await page.locator("main a.button--primary").press("Enter");
        assert.equal(await receipt(page), first);

        await toCheckPage(page, form, tag);
        await page.locator(CONFIRM).press("Enter");
        await page.locator("button[name=_again]").press("Enter");
        assert.notEqual(await receipt(page), first, "“send again” makes a second request");
      });
    });

    test("answers changed behind the check page's back are shown for checking, not stored", async () => {
      const [form] = forms;
      await visit({ javaScriptEnabled }, async (page) => {
        const tag = freshTag("other");
        await toCheckPage(page, form, tag);
        await send(page, [["city", "Graz"]]);
        assert.equal(await page.locator("[name=_key]").count(), 1, "another check page");
        assert.ok((await page.locator("main").innerText()).includes("Graz"));
      });
    });
  });
}
