// The question path before the form, by keyboard: it works without script, keeps nothing and always ends at the form.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { enter, tabTo } from "./keyboard.mjs";
import { formPath } from "./pages.mjs";
import { address, focused, visit } from "./support.mjs";

const FORM = formPath("zahtjev-za-ispravu");

async function follow(page, text) {
  await tabTo(page, (at) => at.tag === "a" && at.text === text);
  assert.equal(await enter(page), 200);
}

for (const javaScriptEnabled of [true, false]) {
  describe(javaScriptEnabled ? "with script" : "without script", () => {
    test("somebody who has a certificate since 2013 learns that none is needed, and can order all the same", async () => {
      await visit({ javaScriptEnabled }, async (page) => {
        await page.goto(new URL(FORM, address).href);
        await follow(page, "Treba li Vam nova isprava?");
        await follow(page, "Izvadak iz matične knjige ili uvjerenje o državljanstvu");
        await follow(page, "Da");
        assert.match(await page.locator("h1").innerText(), /vjerojatno ne treba/);
        assert.match(await page.locator("main").innerText(), /nemaju rok valjanosti/);
        await page.goBack();
        assert.match(await page.locator("h1").innerText(), /od sredine 2013/);
        await page.goForward();
        await follow(page, "Ipak želim ispuniti obrazac");
        assert.equal(new URL(page.url()).pathname, FORM);
      });
    });

    test("somebody who needs one is led to the form", async () => {
      await visit({ javaScriptEnabled }, async (page) => {
        await page.goto(new URL(`${FORM}potreba/`, address).href);
        await follow(page, "Uvjerenje o slobodnom bračnom stanju");
        await follow(page, "U Ljubuškom ili drugdje u Federaciji");
        await follow(page, "Ne");
        await tabTo(page, (at) => at.classes.includes("button--primary"));
        assert.equal((await focused(page)).text, "Ispuni obrazac");
        assert.equal(await enter(page), 200);
        assert.equal(new URL(page.url()).pathname, FORM);
      });
    });
  });
}
