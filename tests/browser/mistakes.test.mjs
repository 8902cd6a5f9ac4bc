// What an editor sees in the browser while writing: mistakes as soon as they are saved, and style without a reload.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";

import { faults } from "./axe.mjs";
import { browser } from "./support.mjs";

const SOON_MS = 20_000;
const MISTAKE = "\nVidi [ovo](nema/takve.md) <img src=x onerror=alert(1)>.\n";

let folder, server, own;

before(async () => {
  // A site of its own: other tests must not be reloaded in the middle.
  folder = mkdtempSync(join(tmpdir(), "zavicaj-mistakes-"));
  cpSync(process.env.ZAVICAJ_SITE, join(folder, "site"), { recursive: true });
  const data = ["--data", join(folder, "data"), "--keys", join(folder, "keys")];
  server = spawn(process.env.ZAVICAJ_BIN, ["serve", "--root", join(folder, "site"), "--port", "0", ...data], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  own = await new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).on("line", (line) => {
      const found = line.match(/http:\/\/127\.0\.0\.1:\d+\//);
      if (found) resolve(found[0]);
    });
    server.on("error", reject);
    server.on("exit", (code) => reject(new Error(`the server ended (${code})`)));
  });
});

after(async () => {
  server?.removeAllListeners("exit");
  server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const at = (path) => join(folder, "site", path);

/** Saves as editors do: beside the file, then in its place. */
function save(path, text) {
  writeFileSync(`${folder}/saved`, text);
  renameSync(`${folder}/saved`, at(path));
}

async function open(path, act) {
  const context = await (await browser()).newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(SOON_MS);
  const page = await context.newPage();
  const trouble = [];
  page.on("console", (message) => {
    if (message.type() === "error") trouble.push(message.text());
  });
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("dialog", (dialog) => {
    trouble.push(`a script of the text ran: ${dialog.message()}`);
    dialog.dismiss();
  });
  try {
    await page.goto(new URL(path, own).href);
    // The script listens once the page is there.
    await page.waitForTimeout(500);
    await act(page);
    assert.deepEqual(trouble, []);
  } finally {
    await context.close();
  }
}

describe("a mistake that was saved", () => {
  for (const { path, file, title, help, close, message } of [
    { path: "/kontakt/", file: "content/kontakt.md", title: "Stranica se ne može izraditi", help: "Pomoć:", close: "Zatvori", message: "ne postoji" },
    { path: "/en/", file: "content/kontakt.md", title: "The site cannot be built", help: "Help:", close: "Close", message: "does not exist" },
  ]) {
    test(`shows in ${path}, closes with Esc, comes again with another, and goes when it is mended`, async () => {
      const good = readFileSync(at(file), "utf8");
      try {
        await open(path, async (page) => {
          const dialog = page.getByRole("dialog", { name: title });
          assert.equal(await dialog.count(), 0);
          save(file, good + MISTAKE);
          await dialog.waitFor();
          const text = await dialog.innerText();
          for (const part of [file, message, help, "unknown-target", "raw-html", "nema/takve.md"]) {
            assert.ok(text.includes(part), `${part} in ${text}`);
          }
          assert.match(text, /(redak|line) \d+/);
          assert.equal(await dialog.locator("img").count(), 0, "the text is shown, not run");
          assert.equal(await page.evaluate(() => document.activeElement.textContent), close);
          assert.deepEqual(await faults(page, { within: "dialog" }), []);
          await page.keyboard.press("Escape");
          await dialog.waitFor({ state: "hidden" });
          save(file, `${good}\n[](kontakt.md)\n`);
          await dialog.waitFor();
          await dialog.getByRole("button", { name: close }).click();
          await dialog.waitFor({ state: "hidden" });
          save(file, good + MISTAKE);
          await dialog.waitFor();
          save(file, good);
          await dialog.waitFor({ state: "detached" });
        });
        // A page that is opened while it lasts shows it as well.
        save(file, good + MISTAKE);
        await open(path, async (page) => {
          await page.getByRole("dialog", { name: title }).waitFor();
          save(file, good);
          await page.getByRole("dialog").waitFor({ state: "detached" });
        });
      } finally {
        save(file, good);
      }
    });
  }
});

test("a new style sheet is taken without loading the page again", async () => {
  const path = "themes/ljubuski/static/style.css";
  const good = readFileSync(at(path), "utf8");
  await open("/kontakt/", async (page) => {
    await page.evaluate(() => {
      window.stays = true;
      window.scrollTo(0, 100);
    });
    save(path, `${good}\nh1 { letter-spacing: 7px; }\n`);
    const spacing = () => getComputedStyle(document.querySelector("h1")).letterSpacing === "7px";
    await page.waitForFunction(spacing);
    assert.equal(await page.evaluate(() => window.stays), true, "the page was not loaded again");
    save(path, good);
    await page.waitForFunction(() => getComputedStyle(document.querySelector("h1")).letterSpacing !== "7px");
    assert.equal(await page.evaluate(() => window.stays), true);
  });
});
