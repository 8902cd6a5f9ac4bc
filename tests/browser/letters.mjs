// Letters that left the outbox.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const LONGEST_WAIT_MS = 15_000;
/** Long enough for a second letter, if there were one. */
const AFTERWARDS_MS = 500;

function lettersTo(recipient) {
  const folder = process.env.ZAVICAJ_MAIL;
  let names = [];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".eml"));
  } catch (error) {
    // The folder comes with the first letter.
    if (error.code !== "ENOENT") throw error;
  }
  return names.filter((name) => readFileSync(join(folder, name), "utf8").includes(recipient)).length;
}

/** One letter to this address, and no second one. */
export async function assertOneLetter(recipient) {
  const giveUp = Date.now() + LONGEST_WAIT_MS;
  while (lettersTo(recipient) === 0 && Date.now() < giveUp) await pause(100);
  await pause(AFTERWARDS_MS);
  assert.equal(lettersTo(recipient), 1, `one letter to ${recipient}`);
}
