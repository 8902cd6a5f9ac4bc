// The registrar at the command line, beside the running server; and what comes of it for the applicant.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One command of the desk, with its answer. */
export function desk(...words) {
  const { ZAVICAJ_BIN, ZAVICAJ_SITE, ZAVICAJ_DATA, ZAVICAJ_KEYS, ZAVICAJ_STORE = "sqlite" } = process.env;
  const folders = ["--root", ZAVICAJ_SITE, "--data", ZAVICAJ_DATA, "--keys", ZAVICAJ_KEYS, "--store", ZAVICAJ_STORE];
  const done = spawnSync(ZAVICAJ_BIN, ["desk", ...words, ...folders, "--lang", "en", "--json"], {
    encoding: "utf8",
    // Where an unlocked key would be: not that of whoever runs the tests.
    env: { ...process.env, XDG_RUNTIME_DIR: dirname(ZAVICAJ_DATA) },
  });
  assert.equal(done.status, 0, `desk ${words.join(" ")}: ${done.stderr}`);
  return JSON.parse(done.stdout);
}

/** The office asks something. */
export function ask(reference, question) {
  desk("move", reference, "asked", "--question", question);
}

/** The office sends a link to a copy of everything. */
export function sendExport(reference) {
  desk("export", reference, "--mail");
}

/** The office erases a record. */
export function erase(reference) {
  desk("erase", reference, "--yes");
}

/** What would be printed: two certificates, one of them with the longest kind of name and one in Cyrillic. */
const PROOF = `certificates:
  - title: Izvadak iz matične knjige vjenčanih
    language: hr
    lines:
      - { label: Ime i prezime, value: "Mara Šćepanović-Đurđević rođena Uzorić" }
      - { label: Datum vjenčanja, value: "12. 9. 2015." }
      - { label: Tekući broj, value: "${"0123456789".repeat(4)}" }
  - title: Извод из матичне књиге вјенчаних
    language: sr-Cyrl
    lines:
      - { label: Име и презиме, value: "Мара Примјерић" }
`;

/** The office finds the entry and sends what will be printed. */
export function sendProof(reference) {
  desk("move", reference, "entry_found");
  const file = join(dirname(process.env.ZAVICAJ_DATA), `ispis-${reference}.yaml`);
  writeFileSync(file, PROOF);
  desk("move", reference, "proof_sent", "--proof", file);
}
