// How a visitor gets to a page: by its address, or by sending a form.

import assert from "node:assert/strict";

import { addFiles } from "./attachments.mjs";
import { address, send } from "./support.mjs";

/** A page that is reached by its address alone. */
export function at(name, path, lang, status = 200) {
  return {
    name: `${name}-${lang}`,
    lang,
    status,
    open: async (page) => {
      const answer = await page.goto(new URL(path, address).href);
      assert.equal(answer.status(), status, path);
    },
  };
}

/** The address of a form. */
export function formPath(id, lang = "hr") {
  return `${lang === "hr" ? "" : `/${lang}`}/obrasci/${id}/`;
}

let visits = 0;
/** A tag that no other answers of this run have. */
export function freshTag(name) {
  visits += 1;
  return `${name}.${process.pid}.${visits}`;
}

/** Opens a form, sends the answers and asserts the status of what comes. */
export async function sendForm(page, id, lang, answers, status) {
  await page.goto(new URL(formPath(id, lang), address).href);
  await sendHere(page, answers, status);
  assert.equal(await addFiles(page, status), status);
}

/** Sends the answers from the page that is open. */
export async function sendHere(page, answers, status) {
  const answer = page.waitForResponse(
    (response) => response.request().isNavigationRequest() && response.status() !== 303,
  );
  await send(page, answers);
  assert.equal((await answer).status(), status, await page.title());
}

/** From the check page on: confirms, or asks once more, whatever the page's own form does. */
export function confirm(page, status) {
  return press(page, "main form.form [type=submit]", status);
}

/** Presses a button or follows a link, and asserts the status of what comes. */
export async function press(page, selector, status = 200) {
  const answer = page.waitForResponse(
    (response) => response.request().isNavigationRequest() && response.status() !== 303,
  );
  await page.locator(selector).press("Enter");
  assert.equal((await answer).status(), status, await page.title());
  await page.waitForLoadState();
}
