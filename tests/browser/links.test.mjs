// Links of letters that come seldom, with nothing but the keyboard: what each is for, and what whoever comes too late,
// twice or for nothing is told.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";

import { erased, follow, inLanguage, registered, unreleased, withExport } from "./applicant.mjs";
import { enter, fill, isPrimary, skipToMain, tabTo } from "./keyboard.mjs";
import { linksTo, newLinkTo } from "./letters.mjs";
import { desk } from "./office.mjs";
import { ALL_ACTIONS, linkFor } from "./signed.mjs";
import { address, visit } from "./support.mjs";

const WORDS = {
  hr: {
    waiting: "Čeka Vašu potvrdu",
    release: "Potvrdite da ste zahtjev poslali Vi",
    released: "Zahtjev je potvrđen",
    keep: "Je li Vaš upis još točan?",
    kept: "Hvala, upis ostaje u registru",
    change: "Pogledajte, promijenite ili izbrišite svoj upis",
    own: "Moj upis u registru",
    unsubscribe: "Odjavite se od naših poruka",
    unsubscribed: "Odjavljeni ste",
    again: "Pošalji poruku ponovno",
    sent: "Poruka je na putu",
    confirm: "Potvrdite adresu e-pošte",
    export: "Preuzmite svoje podatke",
    expired: "Ova je poveznica istekla",
    passed: "Ovo više nije potrebno",
    gone: "Ovih podataka više nema",
    toStatus: "Pogledajte stanje zahtjeva",
    status: "Gdje je moj zahtjev?",
  },
  en: {
    waiting: "Waiting for your confirmation",
    release: "Confirm that you sent the request",
    released: "The request is confirmed",
    keep: "Is your entry still right?",
    kept: "Thank you, the entry stays in the register",
    change: "See, change or erase your entry",
    own: "My entry in the register",
    unsubscribe: "Stop our messages",
    unsubscribed: "You will get no more messages",
    again: "Send the message again",
    sent: "The message is on its way",
    confirm: "Confirm your e-mail address",
    export: "Fetch your data",
    expired: "This link has expired",
    passed: "This is no longer needed",
    gone: "These details are no longer here",
    toStatus: "See the status of the request",
    status: "Where is my request?",
  },
  de: {
    waiting: "Wartet auf Ihre Bestätigung",
    release: "Bestätigen Sie, dass Sie den Antrag gesendet haben",
    released: "Der Antrag ist bestätigt",
    keep: "Stimmt Ihr Eintrag noch?",
    kept: "Vielen Dank, der Eintrag bleibt im Register",
    change: "Eintrag ansehen, ändern oder löschen",
    own: "Mein Eintrag im Register",
    unsubscribe: "Nachrichten abbestellen",
    unsubscribed: "Sie bekommen keine Nachrichten mehr",
    again: "Nachricht noch einmal senden",
    sent: "Die Nachricht ist unterwegs",
    confirm: "Bestätigen Sie Ihre E-Mail-Adresse",
    export: "Ihre Daten abrufen",
    expired: "Dieser Link ist abgelaufen",
    passed: "Das ist nicht mehr nötig",
    gone: "Diese Angaben gibt es nicht mehr",
    toStatus: "Stand des Antrags ansehen",
    status: "Wo ist mein Antrag?",
  },
};

const folder = mkdtempSync(join(tmpdir(), "zavicaj-links-"));
after(() => rmSync(folder, { recursive: true }));

function heading(page) {
  return page.locator("h1").innerText();
}

/** Opens a link and asserts what its page says; nothing has happened by that. */
async function opens(page, link, title, status = 200) {
  assert.equal((await follow(page, { link })).status(), status);
  assert.equal(await heading(page), title);
}

/** Goes to the button that does what the page is for, and presses it. */
async function agree(page) {
  await skipToMain(page);
  await tabTo(page, isPrimary);
  return enter(page);
}

/** Goes to a link or button of the page with these words and presses it. */
async function choose(page, text) {
  await skipToMain(page);
  await tabTo(page, (at) => at.text === text);
  return enter(page);
}

/** Opened again, the page says that it is done, and has no button any more. */
async function assertUsedUp(page, link, title) {
  await opens(page, link, title);
  assert.equal(await page.locator("main form").count(), 0);
}

const ways = [[true, "hr"], [true, "en"], [true, "de"], [false, "hr"], [false, "en"]];

for (const [javaScriptEnabled, lang] of ways) {
  const words = WORDS[lang];
  const person = (act) => visit({ javaScriptEnabled, acceptDownloads: true }, act);

  describe(`by keyboard ${javaScriptEnabled ? "with" : "without"} script, ${lang}`, () => {
    test("an entry that was held back in a busy hour is released by the button of the letter, once", async () => {
      await person(async (page) => {
        const entry = await unreleased(page, lang);
        await page.goto(inLanguage("/usluge/status", lang));
        await skipToMain(page);
        await fill(page, [["reference", entry.reference], ["email", entry.email]]);
        assert.equal(await enter(page), 200);
        assert.ok((await page.locator("main").innerText()).includes(words.waiting));
        await opens(page, entry.link, words.release);
        assert.equal(desk("show", entry.reference).stage, "unconfirmed", "opening a link does nothing");
        assert.equal(await agree(page), 200);
        assert.equal(await heading(page), words.released);
        assert.equal(desk("show", entry.reference).stage, "received");
        await assertUsedUp(page, entry.link, words.released);
        await opens(page, linkFor("release", entry), words.passed, 409);
      });
    });

    test("an entry is kept for another year; whoever has moved gets to the own record; letters stop on request", async () => {
      await person(async (page) => {
        const entry = await registered(page, lang);
        const [keep, stop] = [linkFor("keepRecord", entry), linkFor("unsubscribe", entry)];
        await opens(page, keep, words.keep);
        assert.equal(await choose(page, words.change), 200);
        assert.equal(await heading(page), words.own);
        assert.equal(await page.locator("html").getAttribute("lang"), lang);
        await opens(page, keep, words.keep);
        assert.equal(await agree(page), 200);
        assert.equal(await heading(page), words.kept);
        await assertUsedUp(page, keep, words.kept);

        await opens(page, stop, words.unsubscribe);
        assert.equal(await agree(page), 200);
        assert.equal(await heading(page), words.unsubscribed);
        await assertUsedUp(page, stop, words.unsubscribed);
        const record = JSON.stringify(desk("show", entry.reference));
        for (const event of ["kept by applicant", "unsubscribed by applicant"]) assert.ok(record.includes(event), event);
      });
    });

    test("the letter that asks to confirm the address comes once more, and its link works", async () => {
      await person(async (page) => {
        const entry = await registered(page, lang);
        await page.goto(inLanguage("/usluge/status", lang));
        await skipToMain(page);
        await fill(page, [["reference", entry.reference], ["email", entry.email]]);
        assert.equal(await enter(page), 200);
        const before = await linksTo(entry.email);
        assert.equal(await choose(page, words.again), 200);
        const sendAgain = page.url();
        assert.equal(await agree(page), 200);
        assert.equal(await heading(page), words.sent);
        await opens(page, await newLinkTo(entry.email, before), words.confirm);
        await assertUsedUp(page, sendAgain, words.sent);
      });
    });

    test("the copy of everything is fetched, and once more if need be", async () => {
      await person(async (page) => {
        const entry = await withExport(page, lang);
        await opens(page, entry.link, words.export);
        await skipToMain(page);
        for (let time = 0; time < 2; time += 1) {
          if (time === 0) await tabTo(page, isPrimary);
          const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
          assert.equal(download.suggestedFilename(), `${entry.reference}.json`);
          const file = join(folder, `${entry.reference}-${time}.json`);
          await download.saveAs(file);
          assert.ok(readFileSync(file, "utf8").includes("Primjerić"));
          // The page stays; after a moment its button can be pressed again.
          if (javaScriptEnabled) await page.evaluate(() => dispatchEvent(new Event("pageshow")));
        }
        await opens(page, linkFor("export", entry), words.passed, 409);
      });
    });

    test("whoever comes too late is told until when the link held, and where to go instead", async () => {
      await person(async (page) => {
        const entry = await registered(page, lang);
        for (const action of ALL_ACTIONS) {
          await opens(page, linkFor(action, entry, -1), words.expired, 410);
          assert.equal(await page.locator("html").getAttribute("lang"), lang);
          assert.ok((await page.locator("main").innerText()).includes(entry.reference), action);
          const buttons = await page.locator("main form button").count();
          assert.equal(buttons, action === "confirmAddress" ? 1 : 0, `nothing can be done with an old link: ${action}`);
        }
        assert.equal(await choose(page, words.toStatus), 200);
        assert.equal(await heading(page), words.status);
        assert.equal(await page.locator("html").getAttribute("lang"), lang);
        await opens(page, linkFor("confirmAddress", entry, -1), words.expired, 410);
        const before = await linksTo(entry.email);
        assert.equal(await agree(page), 200);
        assert.equal(await heading(page), words.sent);
        await newLinkTo(entry.email, before);
      });
    });

    test("a link to what is gone says so, and one that was cut off what to do", async () => {
      await person(async (page) => {
        const entry = await erased(page, lang);
        for (const action of ALL_ACTIONS) {
          assert.equal((await follow(page, { link: linkFor(action, entry) })).status(), 410, action);
          assert.ok((await page.locator("main").innerText()).includes(words.gone), action);
        }
        const cut = linkFor("release", entry).slice(0, -3);
        assert.equal((await follow(page, { link: cut })).status(), 404);
        await skipToMain(page);
        await tabTo(page, (at) => at.tag === "a");
        await enter(page);
        assert.ok(new URL(page.url()).origin === address.origin);
      });
    });
  });
}
