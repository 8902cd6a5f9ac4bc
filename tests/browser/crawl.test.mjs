// Every page can be reached, and no link leads to nothing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { address, server, visit } from "./support.mjs";

/** Paths in the sitemap, whatever the public host is called. */
async function sitemap() {
  const answer = await fetch(new URL("/sitemap.xml", server));
  assert.equal(answer.status, 200);
  return [...(await answer.text()).matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, url]) => new URL(url).pathname);
}

/** What a page in the browser refers to on this site: paths with their fragments, and what it loads. */
function references(page) {
  return page.evaluate(() => [
    ...[...document.querySelectorAll("a[href], area[href], link[href]:not([rel=canonical], [rel=alternate][hreflang])")].map(
      (link) => link.href,
    ),
    ...[...document.querySelectorAll("img[src], script[src], source[src]")].map((element) => element.src),
    ...[...document.querySelectorAll("form[action]")].filter((form) => form.method === "get").map((form) => form.action),
  ]);
}

test("from the sitemap and the front page on, every link of the site leads to something", async () => {
  const toVisit = new Set(["/", ...(await sitemap())]);
  const listed = new Set(toVisit);
  /** Where each path was seen, and the ids of the pages that were read. */
  const seenOn = new Map([...toVisit].map((path) => [path, "sitemap.xml"]));
  const ids = new Map();
  const fragments = [];
  const wrong = [];

  await visit({}, async (page) => {
    for (const path of toVisit) {
      // Pages end with a slash; what else there is (feeds, styles) is not for looking at.
      const isPage = path.endsWith("/");
      const answer = await (isPage ? page.goto(new URL(path, address).href) : fetch(new URL(path, server)));
      const status = isPage ? answer.status() : answer.status;
      if (status !== 200) wrong.push(`${path}: ${status}, linked from ${seenOn.get(path)}`);
      if (!isPage || status !== 200) continue;
      const language = path.match(/^\/(en|de)\//)?.[1] ?? "hr";
      assert.equal(await page.locator("html").getAttribute("lang"), language, path);
      ids.set(path, new Set(await page.evaluate(() => [...document.querySelectorAll("[id]")].map(({ id }) => id))));
      for (const reference of await references(page)) {
        const url = new URL(reference);
        if (url.host !== address.host) continue;
        if (!toVisit.has(url.pathname)) {
          toVisit.add(url.pathname);
          seenOn.set(url.pathname, path);
        }
        if (url.hash.length > 1) fragments.push([url.pathname, decodeURIComponent(url.hash.slice(1)), path]);
      }
    }
  });
  for (const [path, id, from] of fragments) {
    if (ids.has(path) && !ids.get(path).has(id)) wrong.push(`${path}#${id}: no such place, linked from ${from}`);
  }
  assert.deepEqual(wrong, []);
  assert.ok(listed.size > 50, `the sitemap lists the site (${listed.size} addresses)`);
  const unlisted = [...ids.keys()].filter((path) => !listed.has(path));
  assert.deepEqual(unlisted, [], "every page that a link leads to is in the sitemap");
});

test("every page of the sitemap is linked from another page", async () => {
  const paths = await sitemap();
  const linked = new Set();
  for (const path of paths) {
    const html = await (await fetch(new URL(path, server))).text();
    for (const [, href] of html.matchAll(/<a\b[^>]*?\bhref="([^"#]+)/g)) {
      const url = new URL(href.replaceAll("&amp;", "&"), new URL(path, address));
      if (url.host === address.host && url.pathname !== path) linked.add(url.pathname);
    }
  }
  assert.deepEqual(paths.filter((path) => !linked.has(path)), []);
});
