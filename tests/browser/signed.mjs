// What the server would have signed at another moment: links that no test can wait for, and a check page of a busy hour.

import assert from "node:assert/strict";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ACTIONS = {
  confirmAddress: 1,
  release: 2,
  proof: 3,
  ownRecord: 4,
  keepRecord: 5,
  unsubscribe: 6,
  answer: 7,
  withdraw: 8,
  sendAgain: 9,
  export: 10,
};
export const ALL_ACTIONS = Object.keys(ACTIONS);
const LINK_TAG_BYTES = 16;
const CHECK_KEY_TAG_BYTES = 32;
/** Version, id of the hash key, moment, random part. */
const WORK_BITS_AT = 1 + 4 + 8 + 16;

/** The key with which the server signs. */
function hashKey() {
  const secret = Buffer.from(readFileSync(join(process.env.ZAVICAJ_KEYS, "service", "hashing.key"), "utf8").trim(), "hex");
  assert.equal(secret.length, 32);
  return { secret, id: createHash("sha256").update(secret).digest().subarray(0, 4) };
}

/** As `HashKey::mac` (functions/sealing): the lengths of purpose and parts enter as well. */
function mac(secret, purpose, parts) {
  const hmac = createHmac("sha256", secret);
  for (const part of [Buffer.from(purpose), ...parts]) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(part.length));
    hmac.update(length).update(part);
  }
  return hmac.digest();
}

/** The path of a link for a person's record, as in a letter; with a negative time it has expired. */
export function linkFor(action, { reference }, days = 1) {
  const { secret, id } = hashKey();
  const expires = Buffer.alloc(8);
  expires.writeBigInt64BE(BigInt(Math.round(Date.now() / 1000 + days * 86_400)));
  const content = Buffer.concat([
    Buffer.from([1, ACTIONS[action]]),
    expires,
    randomBytes(16),
    Buffer.from(reference.replace("-", "")),
  ]);
  const tag = mac(secret, "link v1", [content]).subarray(0, LINK_TAG_BYTES);
  return `/usluge/veza/${Buffer.concat([content, id, tag]).toString("base64url")}`;
}

/** The key of a check page as it would have been under load: it says that the browser was asked to calculate. */
export function askedForWork(key, form, fingerprint) {
  const { secret } = hashKey();
  const signed = Buffer.from(key, "base64url").subarray(0, -CHECK_KEY_TAG_BYTES);
  signed[WORK_BITS_AT] = 20;
  const tag = mac(secret, "check key v3", [Buffer.from(form), Buffer.from(fingerprint), signed]);
  return Buffer.concat([signed, tag]).toString("base64url");
}
