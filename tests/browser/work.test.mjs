// Under load the browser calculates while the person reads; without script a letter asks for one more click.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { forms } from "./answers.mjs";
import { formPath, freshTag } from "./pages.mjs";
import { browser, send } from "./support.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const CONFIRM = "main form.form [type=submit]";
const [form] = forms;

let folder;
let server;
let address;

/** A server of its own, which always asks for work. */
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "zavicaj-work-"));
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  address = `http://grad.localhost:${port}`;
  const data = ["--data", join(folder, "data"), "--keys", join(folder, "keys")];
  const load = ["--proof-of-work", "always", "--base-url", address, "--port", String(port)];
  server = spawn(process.env.ZAVICAJ_BIN, ["serve", "--root", root, ...load, ...data], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  for await (const chunk of server.stdout) {
    said += chunk;
    if (said.includes(`127.0.0.1:${port}/`)) break;
  }
});

after(async () => {
  if (server?.exitCode === null) {
    const ended = once(server, "exit");
    server.kill("SIGTERM");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

async function onCheckPage(javaScriptEnabled, act) {
  const context = await (await browser()).newContext({ locale: "hr-HR", reducedMotion: "reduce", javaScriptEnabled });
  context.setDefaultTimeout(30_000);
  const errors = [];
  context.on("weberror", (error) => errors.push(String(error.error())));
  context.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  try {
    const page = await context.newPage();
    await page.goto(address + formPath(form.id));
    await send(page, form.answers(freshTag("work")));
    assert.equal(await page.locator("[data-work-bits]").count(), 1, "the check page asks for work");
    await act(page);
    assert.deepEqual(errors, [], "the policy allows the script, and it makes no mistake");
  } finally {
    await context.close();
  }
}

describe("proof of work", () => {
  test("with script: whoever sends at once waits a moment and is received like anybody", async () => {
    await onCheckPage(true, async (page) => {
      await page.locator(CONFIRM).press("Enter");
      await page.waitForURL(/\/usluge\/potvrda\//);
      assert.equal(await page.locator("h1").innerText(), "Zaprimili smo Vaše podatke");
    });
  });

  test("with script: whoever reads first does not wait at all", async () => {
    await onCheckPage(true, async (page) => {
      await page.waitForFunction(() => document.querySelector("[data-work-bits]").value !== "");
      assert.equal(await page.locator("[data-work-status]").innerText(), "");
      await page.locator(CONFIRM).click();
      await page.waitForURL(/\/usluge\/potvrda\//);
      assert.equal(await page.locator("h1").innerText(), "Zaprimili smo Vaše podatke");
    });
  });

  test("without script: the page says so before, and the receipt asks to confirm by the letter", async () => {
    await onCheckPage(false, async (page) => {
      assert.match(await page.locator("main").innerText(), /Vaš preglednik ne izvodi skripte/);
      await page.locator(CONFIRM).press("Enter");
      await page.waitForURL(/\/usluge\/potvrda\//);
      assert.equal(await page.locator("h1").innerText(), "Još jedan korak: potvrdite slanje");
      assert.match(await page.locator(".reference").innerText(), /^\S{4}-\S{4}$/);
    });
  });
});
