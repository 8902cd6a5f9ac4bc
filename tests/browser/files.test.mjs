// The page for files: one at a time, with and without script; with script a large photograph is made smaller.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { forms } from "./answers.mjs";
import { photograph as small } from "./attachments.mjs";
import { formPath, freshTag } from "./pages.mjs";
import { address, send, visit } from "./support.mjs";

const certificate = forms[1];
const INPUT = "input#f-document_copy";
const ADD = `form:has(${INPUT}) [type=submit]`;

/** Presses a button that leads to another page. */
async function pressed(page, button) {
  const arrived = page.waitForEvent("domcontentloaded");
  await page.locator(button).first().press("Enter");
  await arrived;
  await page.waitForLoadState();
}

async function toFiles(page, tag) {
  await page.goto(new URL(formPath(certificate.id), address).href);
  await send(page, certificate.answers(freshTag(tag)));
  assert.match(await page.locator("h1").innerText(), /Prilozi/);
}

const photograph = (buffer = small.buffer) => ({ name: "moja putovnica.jpg", mimeType: "image/jpeg", buffer });

/** A photograph as telephones take it, with a light corner at the top left, lying on its side by its EXIF. */
async function largePhotograph(page) {
  const encoded = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2800, 2000];
    const context = canvas.getContext("2d");
    const noise = context.createImageData(canvas.width, canvas.height);
    let state = 1;
    for (let at = 0; at < noise.data.length; at += 1) {
      state = (state * 1103515245 + 12345) % 2147483648;
      noise.data[at] = at % 4 === 3 ? 255 : 60 + (state >> 16) % 120;
    }
    context.putImageData(noise, 0, 0);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95));
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text);
  });
  const jpeg = Buffer.from(encoded, "base64");
  const exif = Buffer.from("ffe100224578696600004d4d002a00000008000101120003000000010006000000000000", "hex");
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]);
}

for (const javaScriptEnabled of [true, false]) {
  describe(javaScriptEnabled ? "with script" : "without script", () => {
    test("a file is added, listed on both pages, and taken out by keyboard", async () => {
      await visit({ javaScriptEnabled }, async (page) => {
        await toFiles(page, "files");
        await page.locator(INPUT).setInputFiles(photograph());
        await pressed(page, ADD);
        assert.match(await page.locator("[role=status].notice").innerText(), /Datoteka je dodana \(JPEG, 1.kB\)\./);
        assert.match(await page.locator(".file-list").innerText(), /Datoteka 1: JPEG/);
        await pressed(page, "[name=_next]");
        assert.equal(await page.locator("[name=_key]").count(), 1, "the check page");
        assert.match(await page.locator("main").innerText(), /Datoteka 1: JPEG/);
        assert.ok(!(await page.content()).includes("moja putovnica"), "its name is kept nowhere");
        await pressed(page, "[name=_unstage]");
        assert.match(await page.locator("[role=status].notice").innerText(), /Datoteka je uklonjena\./);
      });
    });

    test("a missing file and a file of another kind are named, and the summary leads to the input", async () => {
      await visit({ javaScriptEnabled }, async (page) => {
        await toFiles(page, "wrong");
        await pressed(page, "[name=_next]");
        const line = page.locator(".error-summary a");
        assert.match(await line.innerText(), /Dodajte presliku/);
        await line.press("Enter");
        await page.waitForFunction(() => document.activeElement?.id === "f-document_copy");
        assert.equal(await page.locator(INPUT).getAttribute("aria-invalid"), "true");
        await page.locator(INPUT).setInputFiles({ name: "slika.jpg", mimeType: "image/jpeg", buffer: Buffer.from("PK\x03\x04 ...") });
        await pressed(page, ADD);
        assert.match(await page.locator(".error-summary").innerText(), /Spremite ga kao PDF/);
      });
    });
  });
}

test("a photograph larger than the limit is made smaller, and stands upright", async () => {
  await visit({}, async (page) => {
    await toFiles(page, "large");
    const large = await largePhotograph(page);
    assert.ok(large.length > 4_000_000, `${large.length} bytes`);
    await page.locator(INPUT).setInputFiles(photograph(large));
    const sent = page.waitForRequest((request) => request.url().endsWith("/prilozi"), { timeout: 60_000 });
    await page.locator(ADD).press("Enter");
    const body = (await sent).postDataBuffer();
    if (body !== null) {
      const frame = body.subarray(body.indexOf(Buffer.from([0xff, 0xc0, 0, 0x11])));
      assert.deepEqual([frame.readUInt16BE(7), frame.readUInt16BE(5)], [1857, 2600], "turned upright, and smaller");
    }
    await page.locator(".file-list").waitFor({ timeout: 60_000 });
    const size = (await page.locator(".file-list").innerText()).match(/JPEG, ([\d,]+).(MB|kB)/);
    assert.ok(size[2] === "kB" || Number(size[1].replace(",", ".")) <= 4, size[0]);
  });
});

test("without script the same photograph is told to be too large, with advice, and every answer stays", async () => {
  const large = await visit({}, async (page) => {
    await page.goto(address.href);
    return largePhotograph(page);
  });
  await visit({ javaScriptEnabled: false }, async (page) => {
    await toFiles(page, "toolarge");
    await page.locator(INPUT).setInputFiles(photograph(large));
    await pressed(page, ADD);
    assert.match(await page.locator(".error-summary").innerText(), /Datoteka je veća od 4.MB\./);
    assert.equal(await page.locator("#files-form [name=given_name]").inputValue(), "Ivan");
  });
});

test("with script a file that was chosen but not added is added by “continue”", async () => {
  await visit({}, async (page) => {
    await toFiles(page, "forgotten");
    await page.locator(INPUT).setInputFiles(photograph());
    await pressed(page, "[name=_next]");
    assert.match(await page.locator(".file-list").innerText(), /Datoteka 1: JPEG/);
  });
});
