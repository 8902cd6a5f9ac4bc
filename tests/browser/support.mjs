// A visitor: one browser window of their own, watched all the time for what no visitor should meet.

import assert from "node:assert/strict";
import { after } from "node:test";
import { chromium } from "playwright-core";

/** The site as visitors reach it, with a slash at the end. */
export const address = new URL(process.env.ZAVICAJ_URL);
/** The same server for programs that are no browser. */
export const server = new URL(process.env.ZAVICAJ_SERVER);

let launched;

/**
 * The one browser of this file's tests. Each file has its own: with one for all, everything that is said to it would
 * pass through a third program, which is an eighth of the time.
 */
export function browser() {
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  launched ??= chromium.launch({
    executablePath: process.env.ZAVICAJ_CHROMIUM,
    args: [
      ...asRoot,
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...JSON.parse(process.env.ZAVICAJ_CHROMIUM_ARGUMENTS),
    ],
  });
  return launched;
}

after(async () => (await launched)?.close());

/**
 * Lets a visitor do something and then asserts that nothing went wrong on the side: no message in the browser's
 * console, no request to another host, nothing kept in the browser.
 */
export async function visit(options, act) {
  const context = await (await browser()).newContext({
    viewport: { width: 1280, height: 800 },
    locale: "hr-HR",
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(10_000);
  const seen = watch(context);
  try {
    const page = await context.newPage();
    const result = await act(page, seen);
    await assertQuiet(context, seen);
    return result;
  } finally {
    await context.close();
  }
}

function watch(context) {
  const seen = { messages: [], otherHosts: [], cookies: [], answers: new Map() };
  context.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    // Chromium reports every page that answers 4xx; here it is the page that was asked for.
    const status = message.text().match(/^Failed to load resource: the server responded with a status of (\d+)/)?.[1];
    if (status && String(seen.answers.get(message.location().url)) === status) return;
    seen.messages.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => seen.messages.push(`uncaught: ${error.error()}`));
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:", "about:"].includes(url.protocol) && url.host !== address.host) {
      seen.otherHosts.push(request.url());
    }
  });
  context.on("response", (response) => {
    if (response.request().isNavigationRequest()) seen.answers.set(response.url(), response.status());
    if (response.headers()["set-cookie"] !== undefined) seen.cookies.push(response.url());
  });
  return seen;
}

async function assertQuiet(context, seen) {
  assert.deepEqual(seen.messages, [], "the browser's console is quiet");
  assert.deepEqual(seen.otherHosts, [], "nothing is loaded from another host");
  assert.deepEqual(seen.cookies, [], "no answer sets a cookie");
  const kept = await context.storageState();
  assert.deepEqual(kept, { cookies: [], origins: [] }, "nothing is kept in the browser");
}

/** What has the focus. */
export async function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    return {
      tag: element.localName,
      type: element.type ?? "",
      id: element.id,
      name: element.name ?? "",
      value: element.value ?? "",
      href: element.href ?? "",
      checked: element.checked ?? false,
      classes: [...element.classList],
      leadsOn: element.hasAttribute("data-part-next"),
      showsAll: element.hasAttribute("data-part-all"),
      leadsBack: element.hasAttribute("data-part-back"),
      text: element.textContent.trim().replace(/\s+/g, " "),
    };
  });
}

/** The values that the form would send, in order, without what the page says about itself. */
export async function valuesOf(page, selector = "main form.form") {
  return page.evaluate(
    (form) => [...new FormData(document.querySelector(form))].filter(([name]) => !name.startsWith("_")),
    selector,
  );
}

/**
 * Puts answers into the form at once and sends it. For the way to a page only: what people do at a form is
 * tried with `keyboard.mjs`.
 */
export async function send(page, answers) {
  const arrived = page.waitForEvent("domcontentloaded");
  await page.evaluate((all) => {
    const form = document.querySelector("main form.form");
    for (const [name, value] of all) {
      for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (input.type === "radio" || input.type === "checkbox") {
          input.checked ||= input.value === value;
        } else {
          input.value = value;
        }
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    // With the button at the end of the form, or the only one of a page without questions.
    form.requestSubmit(form.querySelector("[data-part-send]") ?? form.querySelector("[type=submit]"));
  }, answers);
  await arrived;
  await page.waitForLoadState();
}
