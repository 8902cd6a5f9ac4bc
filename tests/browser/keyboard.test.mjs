// Both forms from the first question to the receipt with nothing but the keyboard, with script and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { changed, forms } from "./answers.mjs";
import { addFiles } from "./attachments.mjs";
import { enter, fill, isPrimary, showWhole, skipToMain, tabBackTo, tabTo, tabToSend } from "./keyboard.mjs";
import { theLetterTo } from "./letters.mjs";
import { formPath, freshTag } from "./pages.mjs";
import { address, focused, valuesOf, visit } from "./support.mjs";

const REFERENCE = /\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b/;

/** Without spaces: a number may be shown in other groups than it was typed. */
function together(text) {
  return text.replace(/\s+/g, "");
}

async function openForm(page, id) {
  await page.goto(new URL(formPath(id), address).href);
}

/** What the summary says, and where each line leads. */
function summary(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll(".error-summary a")].map((link) => {
      const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      const described = [target, target?.closest("fieldset"), target?.closest("[role=group]")]
        .map((element) => element?.getAttribute("aria-describedby"))
        .filter(Boolean)
        .flatMap((ids) => ids.split(" "))
        .map((id) => document.getElementById(id)?.textContent ?? "missing element")
        .join(" ");
      return {
        text: link.textContent.trim(),
        hash: link.hash,
        isInput: ["input", "select", "textarea"].includes(target?.localName) && target.type !== "hidden",
        // A page that is away comes when its line is followed (parts.test.mjs).
        isShown: (target?.checkVisibility() ?? false) || Boolean(target?.closest("[data-away]")),
        described: described.replace(/\s+/g, " ").trim(),
      };
    }),
  );
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with script" : "without script";
  describe(`by keyboard ${how}`, () => {
    for (const { id, answers, address: mailAddress } of forms) {
      test(`${id}: an empty form names what is missing and leads there, right answers lead to a receipt`, async () => {
        await visit({ javaScriptEnabled }, async (page) => {
          const tag = freshTag("keys");
          await openForm(page, id);
          await skipToMain(page);
          await tabToSend(page);
          assert.equal(await enter(page), 422);

          const first = await focused(page);
          assert.ok(first.classes.includes("error-summary"), `the focus is on the summary, not on ${first.tag}#${first.id}`);
          const lines = await summary(page);
          assert.ok(lines.length >= 5, `every missing answer is named (${lines.length})`);
          for (const line of lines) {
            assert.ok(line.isInput && line.isShown, `${line.hash} is an input that one can see`);
            assert.ok(!line.described.includes("missing element"), `${line.hash}: its descriptions exist`);
            // In a group the summary says the entry first.
            assert.ok(
              line.described.includes(line.text) || line.described.includes(line.text.replace(/^[^:]+: /, "")),
              `${line.hash} is described by “${line.text}”, not only by “${line.described}”`,
            );
          }
          await page.keyboard.press("Tab");
          await page.keyboard.press("Enter");
          await page.waitForFunction((hash) => `#${document.activeElement?.id}` === hash, lines[0].hash);

          // With script only what is wrong would come.
          if (javaScriptEnabled) await showWhole(page);
          await fill(page, answers(tag));
          assert.equal(await enter(page), 200);
          assert.equal(await addFiles(page), 200);
          assert.equal(await page.locator(".error-summary").count(), 0);
          const shown = together(await page.locator("main").innerText());
          for (const [name, value] of answers(tag).filter(([, text]) => /[a-zč]{4}|\d{5}/i.test(text))) {
            // Answers that are chosen show their words instead of their value.
            if (name.match(/kind|relation|generation|interests|delivery|script|for_whom/)) continue;
            for (const line of value.split("\n")) assert.ok(shown.includes(together(line)), `the check page shows ${name}`);
          }

          await tabTo(page, isPrimary);
          assert.equal(await enter(page), 200);
          assert.match(page.url(), /\/usluge\/potvrda\//);
          const reference = (await page.locator(".reference").innerText()).match(REFERENCE)?.[0];
          assert.ok(reference, "the receipt shows the reference");
          assert.ok(!decodeURIComponent(page.url()).includes(tag), "nothing that was answered is in the address");
          await page.reload();
          assert.ok((await page.locator("main").innerText()).includes(reference), "the receipt can be loaded again");
          await theLetterTo(mailAddress(tag));
        });
      });

      test(`${id}: “change” leads to the question with all answers kept, and the change is taken`, async () => {
        await visit({ javaScriptEnabled }, async (page) => {
          const given = answers(freshTag("change"));
          await openForm(page, id);
          await skipToMain(page);
          await fill(page, given);
          assert.equal(await enter(page), 200);
          assert.equal(await addFiles(page), 200);

          const isChange = (at) => at.tag === "button" && at.name === "_edit" && at.value === "f-family_name";
          await tabTo(page, isChange);
          assert.equal(await enter(page), 200);
          const at = await focused(page);
          assert.equal(at.id, "f-family_name", "the focus is on the question to change");
          const kept = (await valuesOf(page)).map(([name, value]) => [name, value.replace(/\r\n/g, "\n")]);
          for (const [name, value] of given) {
            assert.ok(kept.some((pair) => pair[0] === name && pair[1] === value), `${name} is kept`);
          }
          await page.keyboard.press("Control+A");
          await page.keyboard.type("Drukčić");
          await tabToSend(page);
          assert.equal(await enter(page), 200);
          const shown = await page.locator("main").innerText();
          assert.ok(shown.includes("Drukčić"), "the check page shows the new answer");
          assert.ok(shown.includes(given.find(([name]) => name === "email")[1]), "and the others");
        });
      });
    }

    test("one wrong answer keeps all others, and only that question is marked", async () => {
      const [registration] = forms;
      await visit({ javaScriptEnabled }, async (page) => {
        const given = changed(registration.answers(freshTag("one")), "email", "ana(at)example.org");
        await openForm(page, registration.id);
        await skipToMain(page);
        await fill(page, given);
        assert.equal(await enter(page), 422);
        assert.deepEqual((await summary(page)).map(({ hash }) => hash), ["#f-email"]);
        const kept = await valuesOf(page);
        for (const [name, value] of given) {
          assert.ok(kept.some((pair) => pair[0] === name && pair[1] === value), `${name} is kept`);
        }
        assert.deepEqual(
          await page.locator("[aria-invalid=true]").evaluateAll((inputs) => inputs.map(({ name }) => name)),
          ["email"],
        );
      });
    });

    test("a second certificate can be added and taken away again, and every answer stays", async () => {
      const certificate = forms[1];
      await visit({ javaScriptEnabled }, async (page) => {
        const given = certificate.answers(freshTag("group"));
        await openForm(page, certificate.id);
        await skipToMain(page);
        await fill(page, given);
        await tabBackTo(page, "[name=_add]", (at) => at.name === "_add");
        await enter(page);
        const at = await focused(page);
        assert.match(at.name, /^certificates\.1\./, "the focus is in the new entry");
        const second = [
          ["certificates.1.kind", "citizenship"],
          ["certificates.1.copies", "3"],
          ["certificates.1.language", "bs"],
          ["certificates.1.script", "latin"],
          ["certificates.1.country_of_use", "AT"],
        ];
        await fill(page, second);
        const both = (await valuesOf(page)).map(([name, value]) => [name, value.replace(/\r\n/g, "\n")]);
        for (const [name, value] of [...given, ...second]) {
          assert.ok(both.some((pair) => pair[0] === name && pair[1] === value), `${name} is kept`);
        }
        const isRemove = (stop) => stop.name === "_remove" && stop.value === "certificates.0";
        await tabBackTo(page, "[name=_remove]", isRemove);
        await enter(page);
        const one = await valuesOf(page);
        assert.deepEqual(
          one.filter(([name]) => name.startsWith("certificates.")).map(([name, value]) => `${name} ${value}`).sort(),
          second.map(([name, value]) => `${name.replace(".1.", ".0.")} ${value}`).sort(),
          "the second certificate is now the first",
        );
        assert.ok((await focused(page)).id.startsWith("f-certificates"), "the focus stays at the certificates");
        await tabToSend(page);
        assert.equal(await enter(page), 200);
      });
    });
  });
}

/** Where the guides to both forms stand. */
const GUIDES = { registracija: "registar-dijaspore", "zahtjev-za-ispravu": "e-maticar" };

describe("in German", () => {
  for (const { id, answers, address: mailAddress } of forms) {
    test(`${id}: from the guide through every question to the receipt`, async () => {
      await visit({ locale: "de-AT" }, async (page) => {
        const tag = freshTag("german");
        const german = async () => assert.equal(await page.locator("html").getAttribute("lang"), "de");
        await page.goto(new URL(`/de/dijaspora/${GUIDES[id]}/`, address).href);
        await skipToMain(page);
        await tabTo(page, (at) => at.href.endsWith(formPath(id, "de")));
        assert.equal(await enter(page), 200);
        await german();
        await skipToMain(page);
        await tabTo(page, isPrimary);
        assert.equal((await focused(page)).text, "Jetzt beginnen");
        await page.keyboard.press("Enter");
        assert.match(await page.locator(".form-progress").innerText(), /^Frage 1 von \d+$/);
        await fill(page, answers(tag));
        assert.equal(await enter(page), 200);
        await german();
        assert.equal(await addFiles(page), 200);
        assert.equal(await page.locator("h1").innerText(), "Prüfen Sie Ihre Antworten");
        assert.ok((await page.locator("main").innerText()).includes("Deutschland"), "chosen answers are in German");
        await tabTo(page, isPrimary);
        assert.equal(await enter(page), 200);
        await german();
        assert.equal(await page.locator("h1").innerText(), "Wir haben Ihre Angaben erhalten");
        assert.match(await page.locator(".reference").innerText(), REFERENCE);
        await theLetterTo(mailAddress(tag));
      });
    });
  }
});
