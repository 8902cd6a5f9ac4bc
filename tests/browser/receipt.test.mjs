// The receipt on paper: what one keeps is there, what one cannot press is not.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { forms } from "./answers.mjs";
import { formPath, freshTag } from "./pages.mjs";
import { address, send, visit } from "./support.mjs";

const [form] = forms;

async function openReceipt(page) {
  await page.goto(new URL(formPath(form.id), address).href);
  await send(page, form.answers(freshTag("paper")));
  await page.locator("main form.form [type=submit]").press("Enter");
  await page.waitForURL(/\/usluge\/potvrda\//);
}

describe("the receipt", () => {
  test("on paper: number, answers and a code that telephones can read, and nothing to press", async () => {
    await visit({ viewport: { width: 794, height: 1123 } }, async (page) => {
      await openReceipt(page);
      await page.emulateMedia({ media: "print" });
      for (const kept of [".reference", ".signed-receipt .qr", ".copy .check-row", "ol.steps"]) {
        assert.ok(await page.locator(kept).first().isVisible(), `${kept} is printed`);
      }
      for (const gone of [".no-print", ".main-nav", ".share"]) {
        assert.equal(await page.locator(gone).filter({ visible: true }).count(), 0, `${gone} is not printed`);
      }
      const code = await page.locator(".qr").boundingBox();
      const millimetres = (code.width * 25.4) / 96;
      assert.ok(millimetres > 45 && millimetres < 60, `the code is ${millimetres} mm wide`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(overflow <= 0, `nothing is cut off at the right (${overflow} px)`);
    });
  });

  test("the signed receipt is saved as a file that holds no answer", async () => {
    await visit({ acceptDownloads: true }, async (page) => {
      await openReceipt(page);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.locator(".signed-receipt a[download]").click(),
      ]);
      assert.match(download.suggestedFilename(), /^potvrda-\S{4}-\S{4}\.txt$/);
      const chunks = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString("utf8");
      assert.match(text, /^zavicaj-receipt: 1$/m);
      assert.match(text, /^signature: [\w-]{86}$/m);
      assert.ok(!text.includes("Primjerić") && !text.includes("@example.org"));
    });
  });

  test("the answers are there after sending, and not behind the address without their key", async () => {
    await visit({}, async (page) => {
      await openReceipt(page);
      assert.match(await page.locator(".copy").innerText(), /Primjerić/);
      const mailed = page.url().slice(0, page.url().lastIndexOf("."));
      await page.goto(mailed);
      assert.equal(await page.locator(".copy").count(), 0);
      assert.ok(!(await page.locator("main").innerText()).includes("Primjerić"));
    });
  });
});
