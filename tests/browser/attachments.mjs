// The page for files between answers and check: whoever orders a certificate adds a copy of a document there.

import assert from "node:assert/strict";

import { enter, isPrimary, tabTo } from "./keyboard.mjs";

/** A photograph of nothing: 16 × 16 points of one colour. */
export const photograph = {
  name: "osobna iskaznica.jpg",
  mimeType: "image/jpeg",
  buffer: Buffer.from(
    [
      "/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAA",
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "AAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAA",
      "ABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1",
      "AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAP",
      "KnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/",
      "2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK0",
      "6kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAQABADASIAAhEBAxEB/8QAFQABAQAA",
      "AAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAQT/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9",
      "oADAMBAAIRAxEAPwCWAUr/2Q==",
    ].join(""),
    "base64",
  ),
};

/** Whether the page asks for files. */
export async function asksForFiles(page) {
  return (await page.locator("form[data-upload]").count()) > 0;
}

/** Adds a file to a question, with the keyboard but for the window in which a file is chosen. */
export async function addFile(page, field, file = photograph) {
  await tabTo(page, (at) => at.name === `_upload.${field}`);
  await page.locator(`[name="_upload.${field}"]`).setInputFiles(file);
  await tabTo(page, (at) => at.tag === "button" && at.type === "submit");
  return enter(page);
}

/** Adds what is required and goes on, if the page asks for files; gives the status of the last answer. */
export async function addFiles(page, status = 200) {
  if (!(await asksForFiles(page))) return status;
  assert.equal(await addFile(page, "document_copy"), 200);
  await tabTo(page, isPrimary);
  return enter(page);
}
