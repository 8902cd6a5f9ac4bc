/* Saving for later without storing: the answers go into a file that only the passphrase opens (PBKDF2 with SHA-256,
   AES-256-GCM), and come back from it. Nothing is sent. */
(() => {
  "use strict";

  const box = document.querySelector("[data-save-later]");
  const form = document.querySelector("main form[data-parts], main form[novalidate]");
  if (!box || !form || !globalThis.crypto || !crypto.subtle) return;

  const VERSION = 1;
  /* OWASP's recommendation of 2023 for PBKDF2-HMAC-SHA256. A file may ask for more work, but not without end. */
  const ITERATIONS = 600000;
  const MOST_ITERATIONS = 5000000;
  const LARGEST_FILE_BYTES = 1000000;
  const SHORTEST_PASSPHRASE = 10;
  const TRAP = "website_url";

  const id = (name) => document.getElementById(name);
  const say = (where, what) => {
    box.querySelector(where).textContent = what ? box.dataset[what] : "";
  };
  const secrets = box.dataset.secret.split(" ").filter(Boolean);

  const toText = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
  const toBytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

  /* What is in the clear is bound to what is encrypted: a changed form id or fingerprint opens nothing. */
  const bound = ({ version, form: of, fingerprint }) =>
    new TextEncoder().encode(JSON.stringify([version, of, fingerprint]));

  const keyOf = async (passphrase, salt, iterations, usage) => {
    const typed = new TextEncoder().encode(passphrase.normalize("NFC"));
    const base = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveKey"]);
    return crypto.subtle.deriveKey(
      { name: "PBKDF2", hash: "SHA-256", salt, iterations },
      base,
      { name: "AES-GCM", length: 256 },
      false,
      [usage],
    );
  };

  const isAnswer = (name) => !name.startsWith("_") && name !== TRAP;

  const answers = (withSecrets) =>
    [...new FormData(form)]
      .filter(([name, value]) => typeof value === "string" && (isAnswer(name) || name.startsWith("_entries.")))
      .filter(([name]) => withSecrets || !secrets.includes(name));

  const save = async () => {
    const passphrase = id("save-pass").value;
    if ([...passphrase].length < SHORTEST_PASSPHRASE) {
      say("[data-save-written]", "sayShort");
      id("save-pass").focus();
      return;
    }
    if (passphrase !== id("save-again").value) {
      say("[data-save-written]", "sayDiffer");
      id("save-again").focus();
      return;
    }
    say("[data-save-written]", "sayWorking");
    const head = { version: VERSION, form: box.dataset.saveLater, fingerprint: box.dataset.fingerprint };
    const salt = crypto.getRandomValues(new Uint8Array(16));
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const key = await keyOf(passphrase, salt, ITERATIONS, "encrypt");
    const clear = new TextEncoder().encode(JSON.stringify(answers(Boolean(id("save-jmb")?.checked))));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(head) }, key, clear);
    const file = {
      program: "zavicaj",
      ...head,
      kdf: { name: "PBKDF2", hash: "SHA-256", iterations: ITERATIONS, salt: toText(salt) },
      cipher: { name: "AES-GCM", iv: toText(iv) },
      data: toText(data),
    };
    const url = URL.createObjectURL(new Blob([JSON.stringify(file)], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${head.form}.zavicaj`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
    id("save-pass").value = "";
    id("save-again").value = "";
    say("[data-save-written]", "saySaved");
  };

  /* The file as an object, or null where it is none of ours. */
  const opened = async (chosen) => {
    if (chosen.size > LARGEST_FILE_BYTES) return null;
    try {
      const file = JSON.parse(await chosen.text());
      const isOurs =
        file.program === "zavicaj" && file.version === VERSION && typeof file.form === "string" &&
        typeof file.fingerprint === "string" && file.kdf.name === "PBKDF2" && file.kdf.hash === "SHA-256" &&
        Number.isInteger(file.kdf.iterations) && file.kdf.iterations >= 100000 &&
        file.kdf.iterations <= MOST_ITERATIONS && file.cipher.name === "AES-GCM";
      if (!isOurs) return null;
      return { ...file, salt: toBytes(file.kdf.salt), iv: toBytes(file.cipher.iv), bytes: toBytes(file.data) };
    } catch {
      return null;
    }
  };

  const decrypted = async (file, passphrase) => {
    try {
      const key = await keyOf(passphrase, file.salt, file.kdf.iterations, "decrypt");
      const clear = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: file.iv, additionalData: bound(file) }, key, file.bytes,
      );
      const pairs = JSON.parse(new TextDecoder().decode(clear));
      const isPair = (pair) => Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === "string");
      return Array.isArray(pairs) && pairs.every(isPair) ? pairs : null;
    } catch {
      return null;
    }
  };

  const restore = async () => {
    const [chosen] = id("save-file").files;
    if (!chosen) {
      say("[data-save-restored]", "sayNoFile");
      id("save-file").focus();
      return;
    }
    say("[data-save-restored]", "sayWorking");
    const file = await opened(chosen);
    if (!file) return say("[data-save-restored]", "sayUnreadable");
    if (file.form !== box.dataset.saveLater) return say("[data-save-restored]", "sayOther");
    const pairs = await decrypted(file, id("save-open").value);
    if (!pairs) {
      say("[data-save-restored]", "sayWrong");
      id("save-open").focus();
      return;
    }
    fill(pairs);
    id("save-open").value = "";
    id("save-file").value = "";
    const isSame = file.fingerprint === box.dataset.fingerprint;
    say("[data-save-restored]", isSame ? "sayRestored" : "sayChanged");
    form.dispatchEvent(new Event("change", { bubbles: true }));
    form.dispatchEvent(new Event("zavicaj:restored"));
  };

  const fill = (pairs) => {
    for (const [name, value] of pairs) {
      if (name.startsWith("_entries.")) entries(name.slice("_entries.".length), Number(value));
    }
    for (const input of form.elements) {
      if (!input.name || !isAnswer(input.name) || input.type === "hidden") continue;
      if (input.type === "radio" || input.type === "checkbox") input.checked = false;
      else if (input.tagName === "SELECT" || input.tagName === "TEXTAREA" || input.type !== "submit") input.value = "";
    }
    for (const [name, value] of pairs) {
      if (!isAnswer(name)) continue;
      for (const input of form.elements) {
        if (input.name !== name || input.type === "hidden" || input.type === "submit") continue;
        if (input.type === "radio" || input.type === "checkbox") input.checked ||= input.value === value;
        else input.value = value;
      }
    }
  };

  /* As many entries of a group as were saved: more are copies of the first one, under their own names. */
  const entries = (name, wanted) => {
    const group = form.querySelector(`[data-group="${CSS.escape(name)}"]`);
    const count = group && form.elements[`_entries.${name}`];
    if (!count || !Number.isInteger(wanted)) return;
    const most = Math.min(wanted, Number(group.dataset.max));
    const shown = () => [...group.querySelectorAll(":scope > .group-entry")];
    for (let index = shown().length; index < most; index += 1) shown().at(-1).after(copy(group, name, index));
    if (shown().length > Number(group.dataset.min)) shown().forEach((entry, index) => removable(group, entry, name, index));
    count.value = String(shown().length);
  };

  const copy = (group, name, index) => {
    const entry = group.querySelector(":scope > .group-entry").cloneNode(true);
    const ids = [`f-${name}-0-`, `f-${name}-${index}-`];
    const names = [`${name}.0.`, `${name}.${index}.`];
    for (const element of entry.querySelectorAll("*")) {
      for (const { name: attribute, value } of [...element.attributes]) {
        if (value.includes(ids[0]) || value.startsWith(names[0])) {
          element.setAttribute(attribute, value.replaceAll(ids[0], ids[1]).replace(names[0], names[1]));
        }
      }
      element.removeAttribute("autofocus");
      element.removeAttribute("aria-invalid");
    }
    for (const error of entry.querySelectorAll(".field-error")) error.remove();
    for (const field of entry.querySelectorAll(".field--error")) field.classList.remove("field--error");
    for (const button of entry.querySelectorAll("[name='_remove']")) button.parentElement.remove();
    entry.querySelector("legend").textContent = group.dataset.entryTitle.replace("{number}", String(index + 1));
    return entry;
  };

  const removable = (group, entry, name, index) => {
    if (entry.querySelector("[name='_remove']")) return;
    const actions = document.createElement("div");
    actions.className = "group-actions";
    const button = document.createElement("button");
    button.className = "button button--secondary";
    button.name = "_remove";
    button.value = `${name}.${index}`;
    const whose = document.createElement("span");
    whose.className = "visually-hidden";
    whose.textContent = `: ${group.dataset.entryTitle.replace("{number}", String(index + 1))}`;
    button.append(group.dataset.remove, whose);
    actions.append(button);
    entry.append(actions);
  };

  const onClick = (button, work) => {
    let isBusy = false;
    button.addEventListener("click", async () => {
      if (isBusy) return;
      isBusy = true;
      try {
        await work();
      } finally {
        isBusy = false;
      }
    });
  };

  onClick(box.querySelector("[data-save-write]"), save);
  onClick(box.querySelector("[data-save-read]"), restore);
  box.hidden = false;
})();
