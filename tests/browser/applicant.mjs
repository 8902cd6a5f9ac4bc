// People after the receipt: what they know, and how they get to the pages that the town shows them.

import { forms } from "./answers.mjs";
import { linksTo, newLinkTo } from "./letters.mjs";
import { ask, erase, sendExport, sendProof } from "./office.mjs";
import { askedForWork } from "./signed.mjs";
import { address, send } from "./support.mjs";
import { confirm, freshTag, press, sendForm, sendHere } from "./ways.mjs";

const [registration, certificate] = forms;

/** A page that stands at one address for all languages. */
export function inLanguage(path, lang) {
  return new URL(lang === "hr" ? path : `${path}?lang=${lang}`, address).href;
}

/** Sends a form in a busy hour, without the calculation that the browser was asked for. */
async function heldBack(page, form, lang) {
  const tag = freshTag("busy");
  await sendForm(page, form.id, lang, form.answers(tag), 200);
  await page.evaluate((key) => {
    document.querySelector("main form.form [name=_key]").value = key;
  }, askedForWork(
    await page.locator("main form.form [name=_key]").inputValue(),
    form.id,
    await page.locator("main form.form [name=_fingerprint]").inputValue(),
  ));
  await confirm(page, 200);
  const reference = (await page.locator(".reference").innerText()).trim();
  return { reference, email: form.address(tag), lang };
}

/** Somebody whose entry waits until they press the button of a letter. */
export async function unreleased(page, lang) {
  const person = await heldBack(page, registration, lang);
  return { ...person, link: await newLinkTo(person.email) };
}

/** Somebody for whom the office has made a copy of everything that it keeps. */
export async function withExport(page, lang) {
  const person = await registered(page, lang);
  sendExport(person.reference);
  return { ...person, link: await newLinkTo(person.email, [person.link]) };
}

/** Somebody whose record the office has erased. */
export async function erased(page, lang) {
  const person = await registered(page, lang);
  erase(person.reference);
  return person;
}

/** Sends a form; gives the number of the receipt and the address that is in the form. */
async function sent(page, form, lang) {
  const tag = freshTag("applicant");
  await sendForm(page, form.id, lang, form.answers(tag), 200);
  await confirm(page, 200);
  const reference = (await page.locator(".reference").innerText()).trim();
  return { reference, email: form.address(tag), lang };
}

/** Somebody who has joined the register and got the letter for confirming the address. */
export async function registered(page, lang) {
  const person = await sent(page, registration, lang);
  return { ...person, link: await newLinkTo(person.email) };
}

/** Somebody who has got a link to the own record. */
export async function withOwnRecord(page, lang) {
  const person = await registered(page, lang);
  const before = await linksTo(person.email);
  await page.goto(inLanguage("/usluge/moj-upis", lang));
  await send(page, [["email", person.email]]);
  return { ...person, link: await newLinkTo(person.email, before) };
}

/** Somebody who has ordered certificates. */
export function ordered(page, lang) {
  return sent(page, certificate, lang);
}

export const QUESTION = "Kako se zvala Vaša baka?\nWie hieß Ihre Großmutter?";

/** Somebody whom the office has asked something; the status page leads to the answer. */
export async function asked(page, lang) {
  const person = await ordered(page, lang);
  ask(person.reference, QUESTION);
  return person;
}

/** Somebody to whom the office has sent what will be printed. */
export async function withProof(page, lang) {
  const person = await ordered(page, lang);
  sendProof(person.reference);
  return { ...person, link: await newLinkTo(person.email) };
}

/** Whoever knows no request. A number of their own: how often one is tried is counted. */
export function stranger(lang) {
  return { reference: `nema-${freshTag("broj")}`, email: "nitko@example.org", lang };
}

/** Looks a request up. */
export async function lookUp(page, { reference, email, lang }, status = 200) {
  await page.goto(inLanguage("/usluge/status", lang));
  await sendHere(page, [["reference", reference], ["email", email]], status);
}

/** On the status page: what leads to the page of a link. */
export const LINK = "main a[href^='/usluge/veza/']";

/** Opens a link of a letter, which does nothing yet. */
export function follow(page, { link }) {
  return page.goto(new URL(link, address).href);
}

/** Presses the button with this value on the page of a link. */
export function step(page, value, status) {
  return press(page, `button[name=step][value=${value}]`, status);
}
