// A person with a keyboard: Tab, Shift+Tab, Space, Enter, arrows and letters; nothing is clicked.

import assert from "node:assert/strict";

import { focused } from "./support.mjs";

/** No form of the site has more stops. */
const FAR = 300;
/** After that long a list takes the next letter for the beginning of another word. */
const END_OF_WORD_MS = 1_200;

/** From the top of the page past the head of the site. */
export async function skipToMain(page) {
  await page.keyboard.press("Tab");
  assert.deepEqual((await focused(page)).classes, ["skip"], "the first stop is the skip link");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.id === "main");
}

/** Presses Tab until what has the focus is what is looked for. */
export async function tabTo(page, isWanted, { back = false } = {}) {
  for (let step = 0; step < FAR; step += 1) {
    await page.keyboard.press(back ? "Shift+Tab" : "Tab");
    const at = await focused(page);
    if (isWanted(at)) return at;
  }
  return assert.fail("Tab does not lead there");
}

export const isPrimary = (at) => at.classes.includes("button--primary");

/** Goes on, through the pages that a form with script shows one at a time, to the button that sends. */
export async function tabToSend(page) {
  for (let step = 0; step < FAR; step += 1) {
    const at = await tabTo(page, isPrimary);
    if (!at.leadsOn) return at;
    await page.keyboard.press("Enter");
  }
  return assert.fail("no page is the last one");
}

/** Presses the button that shows all questions on one page; the focus goes to the question at which one was. */
export async function showWhole(page) {
  await tabTo(page, (at) => at.showsAll);
  await page.keyboard.press("Enter");
}

/** Goes back, through the pages before, to what is looked for. */
export async function tabBackTo(page, selector, isWanted) {
  for (let step = 0; step < FAR && !(await page.locator(selector).first().isVisible()); step += 1) {
    await tabTo(page, (at) => at.leadsBack);
    await page.keyboard.press("Enter");
  }
  return tabTo(page, isWanted, { back: await isBehind(page, selector) });
}

/** Whether an element stands before the one that has the focus. */
function isBehind(page, selector) {
  return page.evaluate((wanted) => {
    const position = document.activeElement.compareDocumentPosition(document.querySelector(wanted));
    return (position & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
  }, selector);
}

/**
 * Goes through the form from where the focus is, gives the answers, and stops on the button that sends it.
 * Fails if an answer's question cannot be reached in the order of the form.
 */
export async function fill(page, answers) {
  const left = new Map();
  for (const [name, value] of answers) left.set(name, [...(left.get(name) ?? []), value]);
  for (let step = 0; step < FAR; step += 1) {
    const at = await focused(page);
    if (at.leadsOn) {
      await page.keyboard.press("Enter");
      continue;
    }
    if (isPrimary(at)) {
      assert.deepEqual([...left.keys()], [], "every question was reached with Tab");
      return;
    }
    if (left.has(at.name)) await give(page, at, left);
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab does not lead to the end of the form; left: ${[...left.keys()]}`);
}

async function give(page, at, left) {
  const values = left.get(at.name);
  if (at.type === "checkbox") {
    if (!values.includes(at.value)) return;
    await page.keyboard.press("Space");
    const rest = values.filter((value) => value !== at.value);
    if (rest.length > 0) left.set(at.name, rest);
    else left.delete(at.name);
    return;
  }
  left.delete(at.name);
  const [value] = values;
  if (at.type === "radio") return choose(page, at.name, value);
  if (at.tag === "select") return pick(page, value);
  // Tab has selected what is in the input, so that typing replaces it; in a larger one it has not.
  if (at.tag === "textarea") await page.keyboard.press("Control+A");
  return page.keyboard.type(value);
}

/** Space takes the radio that has the focus, the arrow goes on to the next. */
async function choose(page, name, value) {
  await page.keyboard.press("Space");
  for (let step = 0; step < 30; step += 1) {
    const at = await focused(page);
    assert.equal(at.name, name, "the arrow stays among the answers of the question");
    assert.ok(at.checked, "the answer that has the focus is chosen");
    if (at.value === value) return;
    await page.keyboard.press("ArrowDown");
  }
  assert.fail(`no arrow leads to the answer ${value}`);
}

/** The first letters of an entry choose it. */
async function pick(page, value) {
  const label = await page.evaluate(
    (wanted) => [...document.activeElement.options].find((option) => option.value === wanted)?.label,
    value,
  );
  assert.ok(label, `the list has ${value}`);
  // Playwright types letters like č as composed text, which a list does not take.
  const letters = label.match(/^[A-Za-z ]+/)[0];
  for (let time = 0; time < 3; time += 1) {
    await page.keyboard.type(letters);
    if ((await focused(page)).value === value) return;
    // On a busy machine a pause between two letters may look like the end of a word.
    await page.waitForTimeout(END_OF_WORD_MS);
  }
  assert.equal((await focused(page)).value, value, `typing “${letters}” chooses it`);
}

/** Presses Enter and waits for the page that it leads to. */
export async function enter(page) {
  const answer = page.waitForResponse(
    (response) => response.request().isNavigationRequest() && response.status() !== 303,
  );
  const loaded = page.waitForEvent("load");
  await page.keyboard.press("Enter");
  await loaded;
  return (await answer).status();
}
