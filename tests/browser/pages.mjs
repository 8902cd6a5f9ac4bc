// Every kind of page, and how a visitor gets to it.

import assert from "node:assert/strict";

import { changed, forms } from "./answers.mjs";
import { applicantPages } from "./applicant-pages.mjs";
import { addFile } from "./attachments.mjs";
import { address } from "./support.mjs";
import { at, confirm, formPath, freshTag, sendForm, sendHere } from "./ways.mjs";

export { formPath, freshTag };

const article = {
  hr: "/vijesti/2019/grad-ljubuski-organizira-dane-dijaspore-na-ljeto-2019-godine/",
  en: "/en/vijesti/2019/ljubuski-plans-diaspora-days-for-the-summer-of-2019/",
  de: "/de/vijesti/2019/ljubuski-plant-fuer-den-sommer-2019-tage-der-diaspora/",
};

function inEveryLanguage(name, path, status) {
  return ["hr", "en", "de"].map((lang) => at(name, lang === "hr" ? path : `/${lang}${path}`, lang, status));
}

/** Pages of the site's folder. */
export const staticPages = [
  ...inEveryLanguage("home", "/"),
  ...inEveryLanguage("news", "/vijesti/"),
  ...Object.entries(article).map(([lang, path]) => at("article", path, lang)),
  ...inEveryLanguage("diaspora", "/dijaspora/"),
  ...inEveryLanguage("guide-certificates", "/dijaspora/e-maticar/"),
  ...inEveryLanguage("guide-register", "/dijaspora/registar-dijaspore/"),
  at("guide-forum", "/dijaspora/poslovni-forum/", "hr"),
  at("events", "/dogadanja/", "hr"),
  at("event", "/dogadanja/dani-dijaspore-2019/", "hr"),
  at("projects", "/projekti/", "hr"),
  at("project", "/projekti/dijaspora-za-razvoj/", "hr"),
  at("associations", "/udruge/", "hr"),
  at("association", "/udruge/udruga-ljubusaka-u-zagrebu/", "hr"),
  ...inEveryLanguage("procedure", "/postupci/izvadak/"),
  at("categories", "/kategorije/", "hr"),
  at("category", "/kategorije/dijaspora/", "hr"),
  at("tags", "/oznake/", "hr"),
  at("tag", "/oznake/dani-dijaspore/", "hr"),
  ...inEveryLanguage("form-registration", "/obrasci/registracija/"),
  ...inEveryLanguage("form-certificate", "/obrasci/zahtjev-za-ispravu/"),
  ...inEveryLanguage("form-need", "/obrasci/zahtjev-za-ispravu/potreba/"),
  ...inEveryLanguage("form-need-end", "/obrasci/zahtjev-za-ispravu/potreba/still-valid/"),
  ...inEveryLanguage("form-paper", "/obrasci/zahtjev-za-ispravu/papir/"),
  ...inEveryLanguage("not-found", "/ovoga-nema/", 404),
  at("accessibility", "/pristupacnost/", "hr"),
  at("privacy", "/privatnost/", "hr"),
  at("contact", "/kontakt/", "hr"),
];

/** Pages that the form handlers make for a form in a language. */
function handled({ id, answers }, lang) {
  const form = id === "registracija" ? "registration" : "certificate";
  const state = (name, status, open) => ({ name: `${form}-${name}-${lang}`, lang, status, open });
  return [
    state("all-wrong", 422, (page) => sendForm(page, id, lang, [], 422)),
    state("check", 200, (page) => sendForm(page, id, lang, answers(freshTag("check")), 200)),
    state("receipt", 200, async (page) => {
      await sendForm(page, id, lang, answers(freshTag("receipt")), 200);
      await confirm(page, 200);
    }),
    state("already-sent", 409, async (page) => {
      const same = answers(freshTag("double"));
      await sendForm(page, id, lang, same, 200);
      await confirm(page, 200);
      await sendForm(page, id, lang, same, 200);
      await confirm(page, 409);
    }),
  ];
}

const [registration, certificate] = forms;
const handlerPages = [
  ...handled(registration, "hr"),
  ...handled(certificate, "hr"),
  ...handled(registration, "en").slice(0, 2),
  ...handled(certificate, "en"),
  ...handled(registration, "de").slice(0, 2),
  ...handled(certificate, "de"),
];

/** Questions one at a time, of every shape: one input, a few under a heading, a group, a section of one page. */
const questions = [
  at("question-name", `${formPath(registration.id, "de")}#q-given_name`, "de"),
  at("question-consents", `${formPath(registration.id)}#q-consent_register`, "hr"),
  at("question-choice", `${formPath(registration.id, "en")}#q-interests`, "en"),
  at("question-date", `${formPath(certificate.id)}#q-birth_date`, "hr"),
  at("question-group", `${formPath(certificate.id, "de")}#q-certificates`, "de"),
  {
    name: "questions-all-hr",
    lang: "hr",
    status: 200,
    open: async (page) => {
      await page.goto(new URL(formPath(certificate.id), address).href);
      await page.locator("[data-part-all]").press("Enter");
    },
  },
];

const rareHandlerPages = [
  {
    name: "registration-one-wrong-hr",
    lang: "hr",
    status: 422,
    open: (page) =>
      sendForm(page, registration.id, "hr", changed(registration.answers(freshTag("one")), "email", "ana@"), 422),
  },
  {
    name: "certificate-two-entries-hr",
    lang: "hr",
    status: 200,
    open: async (page) => {
      await page.goto(new URL(formPath(certificate.id), address).href);
      await page.locator("[data-part-all]").press("Enter");
      await page.locator("button[name=_add]").press("Enter");
      await page.locator("fieldset.group-entry").nth(1).waitFor();
    },
  },
  {
    name: "certificate-attachments-hr",
    lang: "hr",
    status: 200,
    open: async (page) => {
      await page.goto(new URL(formPath(certificate.id), address).href);
      await sendHere(page, certificate.answers(freshTag("files")), 200);
      assert.equal(await addFile(page, "document_copy"), 200);
    },
  },
  {
    name: "certificate-attachment-wrong-hr",
    lang: "hr",
    status: 422,
    open: async (page) => {
      await page.goto(new URL(formPath(certificate.id), address).href);
      await sendHere(page, certificate.answers(freshTag("file")), 200);
      const text = { name: "osobna.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no photograph") };
      assert.equal(await addFile(page, "document_copy", text), 422);
    },
  },
  {
    name: "certificate-everything-asked-hr",
    lang: "hr",
    status: 422,
    open: async (page) => {
      const answers = changed(certificate.answers(freshTag("asked")), "truth", null);
      await sendForm(page, certificate.id, "hr", answers, 422);
    },
  },
  {
    name: "registration-change-hr",
    lang: "hr",
    status: 200,
    open: async (page) => {
      await sendForm(page, registration.id, "hr", registration.answers(freshTag("change")), 200);
      await page.locator("button[name=_edit]").nth(3).press("Enter");
      await page.locator("form.form [name=email]").waitFor();
    },
  },
  {
    name: "registration-form-has-changed-hr",
    lang: "hr",
    status: 422,
    open: async (page) => {
      await page.goto(new URL(formPath(registration.id), address).href);
      await sendHere(page, [...registration.answers(freshTag("stale")), ["_fingerprint", "0000000000000000"]], 422);
    },
  },
  {
    name: "registration-key-unreadable-hr",
    lang: "hr",
    status: 409,
    open: async (page) => {
      await sendForm(page, registration.id, "hr", registration.answers(freshTag("key")), 200);
      await sendHere(page, [["_key", "no-key"]], 409);
    },
  },
  {
    name: "registration-hidden-origin-hr",
    lang: "hr",
    status: 403,
    open: async (page) => {
      await page.goto(new URL(formPath(registration.id), address).href);
      await page.evaluate(() => {
        document.querySelector("meta[name=referrer]").content = "no-referrer";
      });
      await sendHere(page, registration.answers(freshTag("origin")), 403);
    },
  },
  at("receipt-not-found", "/usluge/potvrda/nema", "hr", 404),
  at("only-for-sending", "/usluge/registracija/provjera", "hr", 405),
];

export const sitePages = [...staticPages, ...questions];
export const formPages = [...handlerPages, ...rareHandlerPages];
export { applicantPages };

/** Every kind of page. */
export const pages = [...sitePages, ...formPages, ...applicantPages];
