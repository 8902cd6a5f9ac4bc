// Every kind of page that people meet after the receipt.

import assert from "node:assert/strict";

import {
  LINK,
  asked,
  erased,
  follow,
  inLanguage,
  lookUp,
  ordered,
  registered,
  step,
  stranger,
  unreleased,
  withExport,
  withOwnRecord,
  withProof,
} from "./applicant.mjs";
import { linkFor } from "./signed.mjs";
import { at, press, sendHere } from "./ways.mjs";

/** Made for the first page that needs it, one for each language; nothing that these pages do uses it up. */
function kept(make) {
  const made = new Map();
  return (page, lang) => {
    if (!made.has(lang)) made.set(lang, make(page, lang));
    return made.get(lang);
  };
}

const anEntry = kept(registered);
const anOwnRecord = kept(withOwnRecord);
const aQuestion = kept(asked);
const aProof = kept(withProof);
const anOrder = kept(ordered);
const anUnreleased = kept(unreleased);
const anExport = kept(withExport);

/** Opens a link as a letter would have it. */
async function openLink(page, action, person, { days, status = 200 } = {}) {
  const answer = await follow(page, { link: linkFor(action, await person, days) });
  assert.equal(answer.status(), status, await page.title());
}

const EXPIRED = { days: -1, status: 410 };

/** The page after the button of a link. */
function afterwards(action, make) {
  return async (page, lang) => {
    await openLink(page, action, make(page, lang));
    await press(page, "main form.form [type=submit]");
  };
}

function inLanguages(languages, name, status, open) {
  return languages.map((lang) => ({ name: `${name}-${lang}`, lang, status, open: (page) => open(page, lang) }));
}

const all = ["hr", "en", "de"];
const two = ["hr", "en"];
const one = ["hr"];

async function askForLink(page, lang, email, status) {
  await page.goto(inLanguage("/usluge/moj-upis", lang));
  await sendHere(page, [["email", email]], status);
}

export const applicantPages = [
  ...inLanguages(all, "status-form", 200, (page, lang) => page.goto(inLanguage("/usluge/status", lang))),
  ...inLanguages(two, "status-missed", 422, (page, lang) =>
    lookUp(page, stranger(lang), 422)),
  ...inLanguages(two, "status-of-entry", 200, async (page, lang) => lookUp(page, await anEntry(page, lang))),
  ...inLanguages(one, "status-of-request", 200, async (page, lang) => lookUp(page, await anOrder(page, lang))),
  ...inLanguages(two, "status-with-question", 200, async (page, lang) => lookUp(page, await aQuestion(page, lang))),
  ...inLanguages(all, "own-record-ask", 200, (page, lang) => page.goto(inLanguage("/usluge/moj-upis", lang))),
  ...inLanguages(one, "own-record-ask-wrong", 422, (page, lang) => askForLink(page, lang, "ana@", 422)),
  ...inLanguages(one, "own-record-ask-sent", 200, (page, lang) => askForLink(page, lang, "nitko@example.org", 200)),
  ...inLanguages(two, "confirm-address", 200, async (page, lang) => follow(page, await anEntry(page, lang))),
  ...inLanguages(one, "address-confirmed", 200, async (page, lang) => {
    await follow(page, await registered(page, lang));
    await press(page, "main form.form [type=submit]");
  }),
  ...inLanguages(two, "own-record", 200, async (page, lang) => follow(page, await anOwnRecord(page, lang))),
  ...inLanguages(one, "own-record-replace", 200, async (page, lang) => {
    await follow(page, await anOwnRecord(page, lang));
    await step(page, "replace");
  }),
  ...inLanguages(two, "own-record-erase", 200, async (page, lang) => {
    await follow(page, await anOwnRecord(page, lang));
    await step(page, "erase");
  }),
  ...inLanguages(two, "own-record-erased", 410, async (page, lang) => {
    await follow(page, await withOwnRecord(page, lang));
    await step(page, "erase");
    await step(page, "erase_now", 410);
  }),
  ...inLanguages(two, "proof", 200, async (page, lang) => follow(page, await aProof(page, lang))),
  ...inLanguages(one, "proof-empty-objection", 422, async (page, lang) => {
    await follow(page, await aProof(page, lang));
    await step(page, "object", 422);
  }),
  ...inLanguages(two, "question", 200, async (page, lang) => {
    await lookUp(page, await aQuestion(page, lang));
    await press(page, `${LINK}.button`);
  }),
  ...inLanguages(one, "question-unanswered", 422, async (page, lang) => {
    await lookUp(page, await aQuestion(page, lang));
    await press(page, `${LINK}.button`);
    await step(page, "answer", 422);
  }),
  ...inLanguages(two, "withdraw", 200, async (page, lang) => {
    await lookUp(page, await anOrder(page, lang));
    await press(page, LINK);
  }),
  ...inLanguages(all, "release", 200, async (page, lang) => follow(page, await anUnreleased(page, lang))),
  ...inLanguages(one, "released", 200, async (page, lang) => {
    await follow(page, await unreleased(page, lang));
    await press(page, "main form.form [type=submit]");
  }),
  ...inLanguages(all, "keep-record", 200, (page, lang) => openLink(page, "keepRecord", anEntry(page, lang))),
  ...inLanguages(one, "record-kept", 200, afterwards("keepRecord", registered)),
  ...inLanguages(all, "unsubscribe", 200, (page, lang) => openLink(page, "unsubscribe", anEntry(page, lang))),
  ...inLanguages(one, "unsubscribed", 200, afterwards("unsubscribe", registered)),
  ...inLanguages(all, "send-again", 200, (page, lang) => openLink(page, "sendAgain", anEntry(page, lang))),
  ...inLanguages(one, "sent-again", 200, afterwards("sendAgain", anEntry)),
  ...inLanguages(all, "export", 200, async (page, lang) => follow(page, await anExport(page, lang))),
  ...inLanguages(two, "link-expired", 410, (page, lang) => openLink(page, "confirmAddress", anEntry(page, lang), EXPIRED)),
  ...inLanguages(one, "keep-record-expired", 410, (page, lang) => openLink(page, "keepRecord", anEntry(page, lang), EXPIRED)),
  ...inLanguages(one, "export-expired", 410, (page, lang) => openLink(page, "export", anExport(page, lang), EXPIRED)),
  ...inLanguages(two, "link-passed", 409, (page, lang) => openLink(page, "release", anEntry(page, lang), { status: 409 })),
  ...inLanguages(one, "link-to-erased", 410, (page, lang) => openLink(page, "unsubscribe", erased(page, lang), { status: 410 })),
  at("link-unreadable", "/usluge/veza/nema", "hr", 404),
];
