// Letters that left the outbox.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const LONGEST_WAIT_MS = 15_000;
/** The server looks every few seconds for what the desk has left in the outbox. */
const LONGEST_WAIT_FOR_OFFICE_MS = 45_000;
/** Long enough for a second letter, if there were one. */
const AFTERWARDS_MS = 500;

/** The texts of all letters to an address: of those in the server's folder, or of those that SES was given. */
async function lettersTo(recipient) {
  const { ZAVICAJ_LETTERS: ses, ZAVICAJ_MAIL: folder } = process.env;
  return ses ? lettersWithSes(ses, recipient) : lettersIn(folder, recipient);
}

async function lettersWithSes(address, recipient) {
  const { messages } = await (await fetch(address)).json();
  const letters = Object.values(messages).flat();
  return letters.filter((letter) => letter.To.join().includes(recipient)).map((letter) => letter.BodyText);
}

function lettersIn(folder, recipient) {
  let names = [];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".eml"));
  } catch (error) {
    // The folder comes with the first letter.
    if (error.code !== "ENOENT") throw error;
  }
  const letters = names.map((name) => readFileSync(join(folder, name), "utf8"));
  return letters.filter((letter) => letter.includes(recipient)).map(decoded);
}

/** Without the quoted-printable encoding (RFC 2045, 6.7) of its parts. */
function decoded(letter) {
  const bytes = letter
    .replace(/=\r?\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/**
 * The paths of all links with which somebody can do something, from all letters to an address: for each letter once. Two
 * letters of one second bear the same link.
 */
export async function linksTo(recipient) {
  const letters = await lettersTo(recipient);
  return letters.flatMap((letter) => [...new Set(letter.match(/\/usluge\/veza\/[\w-]+/g) ?? [])]);
}

/** Waits for a letter with such a link, besides those that bore the links before. */
export async function newLinkTo(recipient, before = []) {
  const times = (links, path) => links.filter((known) => known === path).length;
  const giveUp = Date.now() + LONGEST_WAIT_FOR_OFFICE_MS;
  while (Date.now() < giveUp) {
    const now = await linksTo(recipient);
    const link = now.find((path) => times(now, path) > times(before, path));
    if (link !== undefined) return link;
    await pause(100);
  }
  return assert.fail(`no letter with a new link to ${recipient}`);
}

/** The letter about a submission, once it is there, and time for a second one that should not come. */
export async function theLetterTo(recipient) {
  const giveUp = Date.now() + LONGEST_WAIT_MS;
  while ((await lettersTo(recipient)).length === 0 && Date.now() < giveUp) await pause(100);
  await pause(AFTERWARDS_MS);
  const letters = await lettersTo(recipient);
  assert.equal(letters.length, 1, `letters to ${recipient}`);
  assert.ok(letters[0].includes("/usluge/potvrda/"), `the letter to ${recipient} leads to the receipt`);
  return letters[0];
}
