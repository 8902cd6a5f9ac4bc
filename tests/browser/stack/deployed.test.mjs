// What people send to the deployed stack, from the page in the bucket to the registrar's table and the letter that the
// stream lets go; and what CloudFront makes of one address for all of it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { forms } from "../answers.mjs";
import { follow, lookUp } from "../applicant.mjs";
import { enter, isPrimary, tabTo } from "../keyboard.mjs";
import { newLinkTo, theLetterTo } from "../letters.mjs";
import { desk } from "../office.mjs";
import { address, visit } from "../support.mjs";
import { confirm, formPath, freshTag, press, sendForm } from "../ways.mjs";

/** What a letter must not tell whoever reads it on the way. */
const PERSONAL = ["family_name", "jmb", "document_number", "birth_name", "attorney_name", "phone", "profession"];
const CONFIRM = "main form.form [type=submit]";

/** What all answers of the site say to a browser. */
const SAFETY = [
  "cross-origin-opener-policy",
  "cross-origin-resource-policy",
  "permissions-policy",
  "referrer-policy",
  "strict-transport-security",
  "x-content-type-options",
  "x-frame-options",
];

async function receipt(page) {
  return (await page.locator(".reference").innerText()).trim();
}

/** All records of a form that the registrar finds with this answer, of those that came since a moment. */
function recordsOf(form, email, since) {
  const rows = desk("list").filter((row) => row.form === form && new Date(row.received_at) >= since);
  return rows.map((row) => desk("show", row.reference)).filter((shown) => JSON.stringify(shown).includes(email));
}

for (const javaScriptEnabled of [true, false]) {
  describe(`the deployed stack, ${javaScriptEnabled ? "with" : "without"} script`, () => {
    for (const form of forms) {
      test(`${form.id}: what a double click sends lies in the table once, and its letter leaves by the stream`, async () => {
        await visit({ javaScriptEnabled }, async (page) => {
          const tag = freshTag("stack");
          const [email, answers] = [form.address(tag), form.answers(tag)];
          const since = new Date();
          await sendForm(page, form.id, "hr", answers, 200);
          await page.locator(CONFIRM).dblclick({ noWaitAfter: true });
          await page.waitForURL(/\/usluge\/potvrda\//);
          const reference = await receipt(page);
          const location = page.url();

          const records = recordsOf(form.id, email, since);
          assert.deepEqual(records.map((shown) => shown.reference), [reference]);
          assert.equal(records[0].stage, "received");
          assert.equal(records[0].history_holds, true);

          const letter = await theLetterTo(email);
          assert.ok(letter.includes(reference), "it says the number");
          for (const [name, value] of answers.filter(([name]) => PERSONAL.includes(name))) {
            assert.ok(!letter.includes(value), `no letter tells ${name}`);
          }
          const links = letter.match(/https?:\/\/\S+/g);
          assert.ok(links.every((link) => link.startsWith(address.href)), `all links lead here: ${links}`);

          // The letter has no key to the answers.
          await page.goto(links.find((link) => link.includes("/usluge/potvrda/")));
          assert.equal(await receipt(page), reference);
          assert.equal(await page.locator(".copy").count(), 0);
          await page.goto(location);
          assert.equal(await page.locator(".copy").count(), 1, "the receipt itself has");
          await lookUp(page, { reference, email, lang: "hr" });
          assert.ok((await page.locator("h1").innerText()).includes(reference));
        });
      });
    }

    test("the link of the letter is opened, and its button confirms the address", async () => {
      await visit({ javaScriptEnabled }, async (page) => {
        const [form] = forms;
        const tag = freshTag("link");
        await sendForm(page, form.id, "hr", form.answers(tag), 200);
        await confirm(page, 200);
        const reference = await receipt(page);
        const link = await newLinkTo(form.address(tag));
        assert.equal((await follow(page, { link })).status(), 200);
        assert.equal(desk("show", reference).address_confirmed, false, "opening a link does nothing");
        await tabTo(page, isPrimary);
        assert.equal(await enter(page), 200);
        assert.equal(await page.locator("h1").innerText(), "Adresa je potvrđena");
        assert.equal(desk("show", reference).address_confirmed, true);
        await follow(page, { link });
        assert.equal(await page.locator("main form").count(), 0, "the button is used up");
      });
    });
  });
}

describe("one address for pages and forms", () => {
  test("every answer bears the same headers, from the bucket and from the API", async () => {
    await visit({}, async (page) => {
      const same = new Map();
      for (const path of ["/", "/usluge/status", "/ovoga-nema/", "/usluge/nema-toga"]) {
        const headers = (await page.goto(new URL(path, address).href)).headers();
        assert.match(headers["content-security-policy"], /default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/, path);
        for (const name of SAFETY) same.set(name, (same.get(name) ?? new Set()).add(headers[name]));
      }
      for (const [name, values] of same) {
        assert.ok(values.size === 1 && !values.has(undefined), `${name}: ${[...values].join(" and ")}`);
      }
    });
  });

  test("what is not there is said in the language of its address, and for forms by the forms themselves", async () => {
    await visit({}, async (page) => {
      for (const [path, lang] of [["/ovoga-nema/", "hr"], ["/en/not-here/", "en"], ["/de/hier-nicht/", "de"]]) {
        assert.equal((await page.goto(new URL(path, address).href)).status(), 404, path);
        assert.equal(await page.locator("html").getAttribute("lang"), lang, path);
        assert.ok(await page.locator("h1").isVisible());
      }
      const own = await page.goto(new URL("/usluge/nema-toga", address).href);
      assert.equal(own.status(), 404);
      assert.ok(!(await own.text()).includes("AccessDenied"));
      assert.equal((await page.goto(new URL("/usluge/registracija/provjera", address).href)).status(), 405);
    });
  });

  test("a folder without its slash leads to its page, and what pages load is kept for good", async () => {
    await visit({}, async (page) => {
      const kept = new Map();
      page.on("response", (response) => kept.set(new URL(response.url()).pathname, response.headers()["cache-control"]));
      await page.goto(new URL(formPath(forms[0].id).slice(0, -1), address).href);
      assert.equal(page.url(), new URL(formPath(forms[0].id), address).href);
      await page.waitForLoadState("networkidle");
      const assets = [...kept].filter(([path]) => /\.[0-9a-f]{8}\.(css|js|woff2|svg)$/.test(path));
      assert.ok(assets.length >= 2, [...kept.keys()].join());
      for (const [path, caching] of assets) assert.equal(caching, "public, max-age=31536000, immutable", path);
      assert.match(kept.get(formPath(forms[0].id)), /max-age=0.*must-revalidate/);
    });
  });

  test("a form on another site is refused", async () => {
    await visit({}, async (page) => {
      const action = new URL("/usluge/registracija/provjera", address).href;
      await page.setContent(`<main><form method="post" action="${action}"><button>Pošalji</button></form></main>`);
      await press(page, "main form button", 403);
    });
  });
});
