// A form shows one page of questions at a time with script: every page has a heading that takes the focus, an address
// that "back" leads to, and nothing is lost on the way. Without script it is one long page (keyboard.test.mjs).

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { changed, forms } from "./answers.mjs";
import { enter, fill, tabTo, tabToSend } from "./keyboard.mjs";
import { formPath, freshTag, sendForm } from "./ways.mjs";
import { address, focused, visit } from "./support.mjs";

const [registration, certificate] = forms;

/** Opens the form; its first question, unless only the page before it is wanted. */
async function open(page, { id }, step = "") {
  await page.goto(new URL(`${formPath(id)}${step && `#q-${step}`}`, address).href);
}

/** The pages of questions that one can see. */
function inSight(page) {
  return page.locator("main form.form .form-step").evaluateAll((steps) =>
    steps.filter((step) => [...step.querySelectorAll(".field, .group")].some((field) => field.checkVisibility()))
      .map((step) => step.id));
}

/** The names of the questions that one can answer. */
function questions(page) {
  return page.locator("main form.form :is(input, select, textarea)").evaluateAll((inputs) =>
    [...new Set(inputs.filter((input) => input.checkVisibility() && !input.closest(".trap")).map(({ name }) => name))]);
}

function progress(page) {
  return page.locator(".form-progress").innerText();
}

async function next(page) {
  await tabTo(page, (at) => at.leadsOn);
  await page.keyboard.press("Enter");
}

async function back(page) {
  await tabTo(page, (at) => at.leadsBack);
  await page.keyboard.press("Enter");
}

/** What is read out when the heading of the page takes the focus. */
function spoken(page) {
  return page.evaluate(() => {
    const { activeElement: heading } = document;
    const context = heading.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id).textContent);
    return [heading.localName, heading.textContent.trim(), ...context].join(" | ");
  });
}

describe("one page of questions at a time", () => {
  test("what one should know comes first, then question by question; each heading takes the focus", async () => {
    await visit({}, async (page) => {
      await open(page, registration);
      assert.deepEqual(await inSight(page), []);
      assert.equal(await page.locator("main a[href$='papir/']").isVisible(), true);
      await next(page);
      assert.deepEqual(await inSight(page), ["q-record_kind"]);
      assert.equal(await page.locator("main a[href$='papir/']").isVisible(), false);
      assert.equal(await spoken(page), "h3 | Koga upisujete? | Pitanje 1 od 9 | Tko se upisuje");
      await page.locator("[name=record_kind][value=person]").press("Space");
      await next(page);
      assert.deepEqual(await questions(page), ["given_name", "family_name"], "a name is one thing");
      assert.equal(await spoken(page), "h3 | Ime i prezime | Pitanje 2 od 11 | Tko se upisuje");
      assert.match(await page.title(), /^Ime i prezime · /);
      await next(page);
      await next(page);
      assert.deepEqual(await questions(page), ["country", "city"]);
      assert.equal(await spoken(page), "h2 | Gdje ste danas | Pitanje 4 od 11", "a section of one page is its heading");
    });
  });

  test("“back” of page and browser lead back with every answer kept, and “forward” forward", async () => {
    await visit({}, async (page) => {
      await open(page, registration);
      await next(page);
      await next(page);
      await page.locator("[name=given_name]").fill("Ana");
      await next(page);
      assert.deepEqual(await inSight(page), ["q-email"]);
      assert.equal(new URL(page.url()).hash, "#q-email");
      await page.goBack();
      assert.deepEqual(await inSight(page), ["q-given_name"]);
      assert.equal((await focused(page)).text, "Ime i prezime");
      assert.equal(await page.locator("[name=given_name]").inputValue(), "Ana");
      await page.goForward();
      assert.deepEqual(await inSight(page), ["q-email"]);
      await back(page);
      await back(page);
      assert.deepEqual(await inSight(page), ["q-record_kind"]);
      await back(page);
      assert.deepEqual(await inSight(page), [], "before the first question");
      assert.equal((await focused(page)).tag, "h1");
      assert.equal(new URL(page.url()).hash, "");
      for (const step of ["q-record_kind", "q-given_name", "q-email", "q-given_name"]) {
        await page.goBack();
        assert.deepEqual(await inSight(page), [step]);
      }
    });
  });

  test("the link past the head of the page leads to the question that is shown", async () => {
    await visit({}, async (page) => {
      await open(page, registration);
      for (let step = 0; step < 3; step += 1) await next(page);
      await tabTo(page, (at) => at.classes.includes("skip"), { back: true });
      await page.keyboard.press("Enter");
      assert.deepEqual(await inSight(page), ["q-email"]);
      assert.equal((await focused(page)).id, "main");
      await next(page);
      assert.deepEqual(await inSight(page), ["q-country"]);
    });
  });

  test("Enter in an input goes on, and sends nothing before the last page", async () => {
    await visit({}, async (page) => {
      await open(page, registration, "given_name");
      await page.locator("[name=given_name]").focus();
      await page.keyboard.press("Enter");
      assert.deepEqual(await inSight(page), ["q-email"]);
      assert.ok(page.url().includes("/obrasci/"));
    });
  });

  test("a question that an answer makes needless is left out and not counted", async () => {
    await visit({}, async (page) => {
      await open(page, certificate, "for_whom");
      assert.equal(await progress(page), "Pitanje 5 od 13");
      await page.locator("[name=for_whom][value=other]").focus();
      await page.keyboard.press("Space");
      await page.waitForFunction(() => document.querySelector(".form-progress").textContent === "Pitanje 5 od 15");
      await next(page);
      assert.deepEqual(await inSight(page), ["q-relation"]);
      await back(page);
      await page.locator("[name=for_whom][value=self]").focus();
      await page.keyboard.press("Space");
      await page.waitForFunction(() => document.querySelector(".form-progress").textContent === "Pitanje 5 od 13");
      await next(page);
      assert.deepEqual(await inSight(page), ["q-birth_name"]);
      assert.equal(await progress(page), "Pitanje 6 od 13");
    });
  });

  test("a page for files that come later is no question", async () => {
    await visit({}, async (page) => {
      await open(page, certificate, "note");
      await next(page);
      assert.deepEqual(await inSight(page), ["q-truth"]);
      assert.equal(await page.locator("[data-part-send]").isVisible(), true);
      assert.equal(await page.locator("[data-part-next]").isVisible(), false);
    });
  });

  test("an added certificate is shown at once, on its own page, and the questions after it still come", async () => {
    await visit({}, async (page) => {
      await open(page, certificate, "certificates");
      await tabTo(page, (at) => at.name === "_add");
      await enter(page);
      assert.deepEqual(await inSight(page), ["q-certificates"]);
      assert.match((await focused(page)).name, /^certificates\.1\./);
      await next(page);
      assert.deepEqual(await inSight(page), ["q-purpose"]);
      await page.goBack();
      assert.deepEqual(await inSight(page), ["q-certificates"]);
    });
  });

  test("all questions can be had on one page, and on paper they always are", async () => {
    await visit({}, async (page) => {
      await open(page, registration, "email");
      const count = await page.locator(".form-step").evaluateAll((steps) =>
        steps.filter((step) => step.querySelector(":scope > :is(.field, .group):not([hidden])")).length);
      await page.emulateMedia({ media: "print" });
      assert.equal((await inSight(page)).length, count);
      assert.equal(await page.locator("main .form-page > p").first().isVisible(), true);
      await page.emulateMedia({ media: "screen" });
      await page.locator("[data-part-all]").focus();
      await page.keyboard.press("Enter");
      assert.equal((await inSight(page)).length, count);
      assert.equal((await focused(page)).text, "Adresa e-pošte");
      assert.equal(await page.locator("[data-part-send]").isVisible(), true);
      assert.equal(await page.locator("[data-part-next]").isVisible(), false);
    });
  });

  test("an address leads to its question, unless that does not apply", async () => {
    await visit({}, async (page) => {
      await open(page, registration, "interests");
      assert.deepEqual(await inSight(page), ["q-interests"]);
      await page.reload();
      assert.deepEqual(await inSight(page), ["q-interests"]);
      await page.goto("about:blank");
      await open(page, registration, "organisation_name");
      assert.deepEqual(await inSight(page), []);
    });
  });

  for (const [width, zoom] of [[320, 1], [1280, 4]]) {
    test(`every page of both forms fits ${width} px at ${100 * zoom} %`, async () => {
      await visit({ viewport: { width: width / zoom, height: 800 / zoom } }, async (page) => {
        for (const form of forms) {
          await open(page, form);
          for (let left = 30; left > 0; left -= 1) {
            const step = await inSight(page);
            const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
            assert.ok(wide <= room, `${step}: ${wide} > ${room}`);
            if (!(await page.locator("[data-part-next]").isVisible())) break;
            assert.ok(left > 1, "there is a last page");
            await page.locator("[data-part-next]").press("Enter");
          }
        }
      });
    });
  }
});

describe("a form that was sent", () => {
  test("opens at the first error; then come only the questions that are wrong or that an answer made needed", async () => {
    await visit({}, async (page) => {
      const given = changed(changed(registration.answers(freshTag("pages")), "email", "ana@"), "city", "");
      await sendForm(page, registration.id, "hr", given, 422);
      assert.deepEqual(await inSight(page), ["q-email"]);
      assert.ok((await focused(page)).classes.includes("error-summary"));
      await page.locator("[name=email]").fill("ana.pages@example.org");
      await next(page);
      assert.deepEqual(await inSight(page), ["q-country"]);
      await page.locator("[name=city]").fill("Graz");
      assert.equal(await page.locator("[data-part-send]").isVisible(), true);
      await page.goBack();
      assert.deepEqual(await inSight(page), ["q-email"], "the browser's “back” leads through its questions, too");
      assert.ok(page.url().endsWith("/usluge/registracija/provjera"), "an answered page keeps its address");
      await page.goForward();
      await tabToSend(page);
      assert.equal(await enter(page), 200);
    });
  });

  test("a line of the list of errors leads into a page that is away", async () => {
    await visit({}, async (page) => {
      await open(page, registration);
      await tabToSend(page);
      assert.equal(await enter(page), 422);
      assert.deepEqual(await inSight(page), ["q-record_kind"]);
      const link = page.locator('.error-summary a[href="#f-consent_register"]');
      await link.focus();
      await page.keyboard.press("Enter");
      assert.deepEqual(await inSight(page), ["q-consent_register"]);
      assert.equal((await focused(page)).id, "f-consent_register");
      await next(page);
      assert.deepEqual(await inSight(page), ["q-record_kind"], "an error before it is not passed over");
    });
  });

  test("“change” shows one question and leads straight back to the check page", async () => {
    await visit({}, async (page) => {
      await sendForm(page, registration.id, "hr", registration.answers(freshTag("straight")), 200);
      await page.locator("button[name=_edit][value=f-city]").press("Enter");
      await page.locator("form.form [name=city]").waitFor();
      assert.deepEqual(await inSight(page), ["q-country"]);
      assert.equal((await focused(page)).id, "f-city");
      await page.locator("[name=city]").fill("Graz");
      await page.keyboard.press("Enter");
      await page.locator("[name=_key]").waitFor({ state: "attached" });
      assert.ok((await page.locator("main").innerText()).includes("Graz"));
    });
  });

  test("a change that makes other questions needed leads to them first", async () => {
    await visit({}, async (page) => {
      await sendForm(page, registration.id, "hr", registration.answers(freshTag("needed")), 200);
      await page.locator("button[name=_edit][value=f-record_kind]").press("Enter");
      const business = page.locator("form.form [name=record_kind][value=business]");
      await business.focus();
      await page.keyboard.press("Space");
      await next(page);
      assert.deepEqual(await inSight(page), ["q-organisation_name"]);
      await fill(page, [["organisation_name", "Primjer d.o.o."]]);
      assert.equal(await enter(page), 200);
      assert.ok((await page.locator("main").innerText()).includes("Primjer d.o.o."));
    });
  });
});

test("without script the form is one long page and none of the script's buttons is there", async () => {
  await visit({ javaScriptEnabled: false }, async (page) => {
    await open(page, certificate);
    assert.equal((await inSight(page)).length, await page.locator(".form-step").count());
    for (const button of ["[data-part-next]", "[data-part-back]", "[data-part-all]", "[data-save-later]"]) {
      assert.equal(await page.locator(button).isVisible(), false, button);
    }
    const levels = await page.locator("main :is(h1, h2, h3, h4)").evaluateAll((all) => all.map(({ localName }) => Number(localName[1])));
    levels.reduce((before, level) => {
      assert.ok(level <= before + 1, `no heading is skipped: ${levels}`);
      return level;
    }, 0);
  });
});
