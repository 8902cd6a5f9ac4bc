// Saving for later: the file is encrypted, has no personal number unless asked, and only its passphrase opens it.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";

import { forms } from "./answers.mjs";
import { formPath } from "./pages.mjs";
import { address, valuesOf, visit } from "./support.mjs";

const [registration, certificate] = forms;
const PASSPHRASE = "četiri riječi bez smisla";
const SECOND = [
  ["certificates.1.kind", "citizenship"],
  ["certificates.1.copies", "3"],
  ["certificates.1.language", "bs"],
  ["certificates.1.script", "latin"],
  ["certificates.1.country_of_use", "AT"],
];

const folder = mkdtempSync(join(tmpdir(), "zavicaj-save-"));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
function fresh() {
  files += 1;
  return join(folder, `${files}.zavicaj`);
}

/** A file with other content. */
function fileOf(content) {
  const path = fresh();
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

async function open(page, id, lang) {
  await page.goto(new URL(formPath(id, lang), address).href);
}

/** Puts the answers into the form without sending it. */
function put(page, answers) {
  return page.evaluate((all) => {
    const form = document.querySelector("main form.form");
    for (const [name, value] of all) {
      for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (input.type === "radio" || input.type === "checkbox") input.checked ||= input.value === value;
        else input.value = value;
      }
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }, answers);
}

async function saved(page, { jmb = false, passphrase = PASSPHRASE } = {}) {
  await page.locator(".save-later summary").first().press("Enter");
  await page.locator("#save-pass").fill(passphrase);
  await page.locator("#save-again").fill(passphrase);
  if (jmb) await page.locator("#save-jmb").press("Space");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.locator("[data-save-write]").press("Enter"),
  ]);
  const path = fresh();
  await download.saveAs(path);
  return { path, name: download.suggestedFilename(), text: readFileSync(path, "utf8") };
}

async function restore(page, path, passphrase = PASSPHRASE) {
  const details = page.locator(".save-later details").nth(1);
  if (!(await details.evaluate((element) => element.open))) await details.locator("summary").press("Enter");
  await page.locator("#save-file").setInputFiles(path);
  await page.locator("#save-open").fill(passphrase);
  await page.locator("[data-save-read]").press("Enter");
  const status = page.locator("[data-save-restored]");
  await page.waitForFunction(() => {
    const { textContent } = document.querySelector("[data-save-restored]");
    return textContent !== "" && textContent !== document.querySelector("[data-save-later]").dataset.sayWorking;
  });
  return status.innerText();
}

const withoutBreaks = (pairs) => pairs.map(([name, value]) => `${name}=${value.replace(/\r\n/g, "\n")}`).sort();

describe("saving for later", () => {
  test("answers come back from the file, with a second certificate, and without the JMB", async () => {
    const given = certificate.answers("save");
    const file = await visit({}, async (page) => {
      await open(page, certificate.id);
      await page.locator("[data-part-all]").press("Enter");
      await page.locator("button[name=_add]").press("Enter");
      await page.locator('[name="certificates.1.kind"]').first().waitFor({ state: "attached" });
      await put(page, [...given, ...SECOND]);
      return saved(page);
    });
    assert.equal(file.name, "zahtjev-za-ispravu.zavicaj");
    for (const [, value] of given.filter(([, text]) => text.length > 5)) {
      assert.ok(!file.text.includes(value), "no answer stands in the file");
    }
    await visit({}, async (page) => {
      await open(page, certificate.id);
      assert.equal(await restore(page, file.path), "Odgovori su vraćeni.");
      const expected = [...given, ...SECOND].map(([name, value]) => [name, name === "jmb" ? "" : value]);
      const kept = (await valuesOf(page)).filter(([name]) => expected.some(([known]) => known === name));
      assert.deepEqual(withoutBreaks(kept), withoutBreaks(expected));
      assert.equal(await page.locator("#q-truth").isVisible(), true, "one goes on where the answers end");
      // The questions that depend on the answers are there, and the second certificate can be taken away again.
      await page.locator("[data-part-all]").press("Enter");
      assert.equal(await page.locator("[name=spouse_name]").isVisible(), true);
      assert.equal(await page.locator("legend", { hasText: "Isprava 2" }).isVisible(), true);
      await page.locator('[name=_remove][value="certificates.0"]').press("Enter");
      await page.waitForURL(/provjera/);
      const left = (await valuesOf(page)).filter(([name]) => name.startsWith("certificates."));
      assert.deepEqual(withoutBreaks(left), withoutBreaks(SECOND.map(([name, value]) => [name.replace(".1.", ".0."), value])));
    });
  });

  test("the JMB is in the file only if that is asked for", async () => {
    await visit({}, async (page) => {
      await open(page, certificate.id);
      await put(page, certificate.answers("jmb"));
      const file = await saved(page, { jmb: true });
      await page.reload();
      await open(page, certificate.id);
      await put(page, [["jmb", "x"]]);
      assert.equal(await restore(page, file.path), "Odgovori su vraćeni.");
      assert.equal(await page.locator("[name=jmb]").inputValue(), "0101990360007");
    });
  });

  test("whoever stopped in the middle goes on in the middle", async () => {
    const file = await visit({}, async (page) => {
      await open(page, certificate.id);
      await put(page, certificate.answers("half").slice(0, 8));
      return saved(page);
    });
    await visit({}, async (page) => {
      await open(page, certificate.id);
      await restore(page, file.path);
      assert.equal(await page.locator("#q-address").isVisible(), true);
      assert.equal(await page.locator("[name=country]").inputValue(), "DE");
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "Gdje živite");
      await page.goBack();
      assert.equal(await page.locator("[data-part-next]").innerText(), "Započnite");
    });
  });

  test("a wrong passphrase, a changed file and a file of another form open nothing and change nothing", async () => {
    await visit({}, async (page) => {
      await open(page, registration.id);
      await put(page, registration.answers("wrong"));
      const file = await saved(page);
      await page.reload();
      await put(page, [["city", "Graz"]]);
      const before = withoutBreaks(await valuesOf(page));
      assert.match(await restore(page, file.path, "nešto sasvim drugo"), /ne može otvoriti/);
      const parsed = JSON.parse(file.text);
      for (const [change, said] of [
        [{ ...parsed, fingerprint: "0000000000000000" }, /ne može otvoriti/],
        [{ ...parsed, data: `${parsed.data.startsWith("A") ? "B" : "A"}${parsed.data.slice(1)}` }, /ne može otvoriti/],
        [{ ...parsed, form: "zahtjev-za-ispravu" }, /drugom obrascu/],
        [{ ...parsed, kdf: { ...parsed.kdf, iterations: 1e12 } }, /oštećena/],
        [{ ...parsed, data: "%" }, /oštećena/],
        [{ program: "other" }, /oštećena/],
      ]) {
        assert.match(await restore(page, fileOf(change)), said);
      }
      assert.match(await restore(page, fileOf("no JSON")), /oštećena/);
      assert.deepEqual(withoutBreaks(await valuesOf(page)), before);
    });
  });

  test("a short or mistyped passphrase is told, and nothing is saved", async () => {
    await visit({}, async (page) => {
      await open(page, registration.id, "en");
      await page.locator(".save-later summary").first().press("Enter");
      await page.locator("#save-pass").fill("short");
      await page.locator("[data-save-write]").press("Enter");
      assert.match(await page.locator("[data-save-written]").innerText(), /at least 10 characters/);
      await page.locator("#save-pass").fill("long enough, this");
      await page.locator("#save-again").fill("long enough, that");
      await page.locator("[data-save-write]").press("Enter");
      assert.match(await page.locator("[data-save-written]").innerText(), /differ/);
    });
  });

  test("nothing leaves the browser while a file is saved and read", async () => {
    await visit({}, async (page) => {
      await open(page, registration.id);
      await put(page, registration.answers("quiet"));
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      const file = await saved(page);
      await restore(page, file.path);
      // The browser asks for the site's sign whenever the address changes.
      assert.deepEqual(asked.filter((url) => !url.startsWith("blob:") && !/\/favicon\.[0-9a-f]{8}\.svg$/.test(url)), []);
    });
  });
});
