// What people do after the receipt, with nothing but the keyboard: look the request up, confirm, answer, withdraw.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { LINK, QUESTION, asked, follow, inLanguage, ordered, registered, withProof } from "./applicant.mjs";
import { enter, fill, isPrimary, skipToMain, tabTo } from "./keyboard.mjs";
import { desk } from "./office.mjs";
import { focused, visit } from "./support.mjs";

const WORDS = {
  hr: {
    received: "Zaprimljeno",
    missed: "Provjerite adresu e-pošte.",
    confirmed: "Adresa je potvrđena",
    noted: "Hvala, zabilježeno je",
    objection: "Napišite što treba ispraviti.",
    question: "Odgovorite na pitanje",
    noAnswer: "Upišite odgovor.",
    answered: "Odgovor je stigao",
    withdraw: "Povucite zahtjev",
    withdrawn: "Zahtjev je povučen",
    passed: "Ovo više nije potrebno",
  },
  en: {
    received: "Received",
    missed: "Check the e-mail address.",
    confirmed: "The address is confirmed",
    noted: "Thank you, this is noted",
    objection: "Say what needs to be corrected.",
    question: "Answer the question",
    noAnswer: "Enter your answer.",
    answered: "Your answer has arrived",
    withdraw: "Withdraw the request",
    withdrawn: "The request is withdrawn",
    passed: "This is no longer needed",
  },
  de: {
    received: "Eingegangen",
    missed: "Prüfen Sie die E-Mail-Adresse.",
    confirmed: "Die Adresse ist bestätigt",
    noted: "Vielen Dank, das ist vermerkt",
    objection: "Schreiben Sie, was zu berichtigen ist.",
    question: "Frage beantworten",
    noAnswer: "Geben Sie Ihre Antwort ein.",
    answered: "Ihre Antwort ist eingegangen",
    withdraw: "Antrag zurückziehen",
    withdrawn: "Der Antrag ist zurückgezogen",
    passed: "Das ist nicht mehr nötig",
  },
};

function heading(page) {
  return page.locator("h1").innerText();
}

async function assertShows(page, ...texts) {
  const main = await page.locator("main").innerText();
  for (const text of texts) assert.ok(main.includes(text), `“${text}” is in: ${main}`);
}

/** The focus is on the summary; from there its line about a question leads to the input. */
async function followSummary(page, text, id) {
  const first = await focused(page);
  assert.ok(first.classes.includes("error-summary"), `the focus is on the summary, not on ${first.tag}#${first.id}`);
  await tabTo(page, (at) => at.tag === "a" && at.text.startsWith(text));
  await page.keyboard.press("Enter");
  await page.waitForFunction((wanted) => document.activeElement?.id === wanted, id);
  const described = await page.evaluate(() =>
    document.activeElement.getAttribute("aria-describedby").split(" ").map((one) => document.getElementById(one).innerText),
  );
  assert.ok(described.some((words) => words.includes(text)), `the input says what is wrong: ${described}`);
}

/** Types the number and the address of a person into the page that is open. */
async function lookUp(page, { reference, email }) {
  await skipToMain(page);
  await fill(page, [["reference", reference], ["email", email]]);
  return enter(page);
}

/** Goes to a link or button of the page with these words and presses it. */
async function choose(page, text) {
  await skipToMain(page);
  await tabTo(page, (at) => at.text === text);
  return enter(page);
}

/** Goes to the button that does what the page is for, and presses it. */
async function agree(page) {
  await skipToMain(page);
  await tabTo(page, isPrimary);
  return enter(page);
}

/** The page of a link that did what it is for has no button any more, however often it is opened. */
async function assertUsedUp(page, person, title) {
  await follow(page, person);
  assert.equal(await heading(page), title);
  assert.equal(await page.locator("main form").count(), 0);
}

const LANGUAGES = [[true, ["hr", "en", "de"]], [false, ["hr", "en"]]];

for (const [javaScriptEnabled, languages] of LANGUAGES) {
  for (const lang of languages) {
    const words = WORDS[lang];
    const person = (act) => visit({ javaScriptEnabled }, act);

    describe(`by keyboard ${javaScriptEnabled ? "with" : "without"} script, ${lang}`, () => {
      test("a wrong address is said and the number stays; the right one shows where the request is", async () => {
        await person(async (page) => {
          const order = await ordered(page, lang);
          await page.goto(inLanguage("/usluge/status", lang));
          assert.equal(await lookUp(page, { ...order, email: "netko@example.org" }), 422);
          assert.equal(await page.locator("[name=reference]").inputValue(), order.reference, "the number stays");
          await followSummary(page, words.missed, "email");
          await page.keyboard.press("Control+A");
          await page.keyboard.type(order.email);
          await tabTo(page, isPrimary);
          assert.equal(await enter(page), 200);
          assert.ok((await heading(page)).includes(order.reference));
          await assertShows(page, words.received);
          assert.ok(!page.url().includes(order.reference) && !page.url().includes("@"), "nothing is in the address");
        });
      });

      test("what will be printed is read and confirmed", async () => {
        await person(async (page) => {
          const order = await withProof(page, lang);
          await follow(page, order);
          await assertShows(page, order.reference, "Mara Šćepanović-Đurđević rođena Uzorić", "Мара Примјерић");
          assert.equal(await page.locator("section.proof").nth(1).getAttribute("lang"), "sr-Cyrl");
          assert.equal(desk("show", order.reference).stage, "proof_sent", "opening a link does nothing");
          assert.equal(await agree(page), 200);
          assert.equal(await heading(page), words.noted);
          assert.equal(desk("show", order.reference).stage, "proof_confirmed");
          await assertUsedUp(page, order, words.noted);
        });
      });

      test("a mistake in what will be printed is reported, once it is written what is wrong", async () => {
        await person(async (page) => {
          const order = await withProof(page, lang);
          await follow(page, order);
          const report = (at) => at.tag === "button" && at.value === "object";
          await tabTo(page, report);
          assert.equal(await enter(page), 422);
          await assertShows(page, "Mara Šćepanović-Đurđević rođena Uzorić");
          await followSummary(page, words.objection, "object");
          await page.keyboard.type("Marija, ne Mara");
          await tabTo(page, report);
          assert.equal(await enter(page), 200);
          assert.equal(await heading(page), words.noted);
          const shown = desk("show", order.reference);
          assert.equal(shown.stage, "proof_objected");
          assert.ok(JSON.stringify(shown).includes("Marija, ne Mara"));
        });
      });

      test("the office's question is answered from the status page", async () => {
        await person(async (page) => {
          const order = await asked(page, lang);
          await page.goto(inLanguage("/usluge/status", lang));
          assert.equal(await lookUp(page, order), 200);
          await assertShows(page, ...QUESTION.split("\n"));
          assert.equal(await choose(page, words.question), 200);
          assert.equal(await agree(page), 422);
          await assertShows(page, ...QUESTION.split("\n"));
          await followSummary(page, words.noAnswer, "answer");
          await page.keyboard.type("Njegoslava <Uzorić>");
          await tabTo(page, isPrimary);
          assert.equal(await enter(page), 200);
          assert.equal(await heading(page), words.answered);
          const shown = desk("show", order.reference);
          assert.equal(shown.stage, "answered");
          assert.ok(JSON.stringify(shown).includes("Njegoslava <Uzorić>"));
        });
      });

      test("a request is withdrawn, and another link for that is no longer needed", async () => {
        await person(async (page) => {
          const order = await ordered(page, lang);
          await page.goto(inLanguage("/usluge/status", lang));
          assert.equal(await lookUp(page, order), 200);
          const other = await page.locator(LINK).getAttribute("href");
          await page.goto(inLanguage("/usluge/status", lang));
          assert.equal(await lookUp(page, order), 200);
          assert.equal(await choose(page, words.withdraw), 200);
          assert.equal(desk("show", order.reference).stage, "received", "opening a link does nothing");
          assert.equal(await agree(page), 200);
          assert.equal(await heading(page), words.withdrawn);
          assert.equal(desk("show", order.reference).stage, "withdrawn");
          assert.equal((await follow(page, { link: other })).status(), 409);
          assert.equal(await heading(page), words.passed);
        });
      });

      test("whoever joined the register confirms the address", async () => {
        await person(async (page) => {
          const entry = await registered(page, lang);
          await follow(page, entry);
          assert.equal(await agree(page), 200);
          assert.equal(await heading(page), words.confirmed);
          await assertUsedUp(page, entry, words.confirmed);
        });
      });
    });
  }
}
