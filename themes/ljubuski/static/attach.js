/* Comfort on the page for files: large photographs are made smaller before they are sent, and a file that was
   chosen but not added is not forgotten. Without this file the server takes files as they are, up to its limit. */
(() => {
  "use strict";

  /* Smaller pictures are sent as they are; of larger ones a text that one can read in a photograph stays readable. */
  const SMALL_BYTES = 1500000;
  const LONGEST_SIDE = 2600;
  const QUALITIES = [0.85, 0.7, 0.55];

  const ready = new WeakSet();

  /* A form may take less than what counts as small. */
  const isSmall = (form, file) => file.size <= Math.min(SMALL_BYTES, Number(form.dataset.limit));

  /* The browser turns the picture as its camera noted, so that what is drawn stands upright. */
  const smaller = async (file, limit) => {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const context = canvas.getContext("2d");
    /* What is transparent would turn black. */
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    for (const quality of QUALITIES) {
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (blob && blob.size <= limit && blob.size < file.size) {
        return new File([blob], "fotografija.jpg", { type: "image/jpeg" });
      }
    }
    return file;
  };

  /* Puts a smaller picture in the place of a large one; what cannot be read here is sent as it is. */
  const prepare = async (form, input) => {
    const limit = Number(form.dataset.limit);
    const [file] = input.files;
    if (file.type.startsWith("image/") || /\.hei[cf]$/i.test(file.name)) {
      try {
        const better = await smaller(file, limit);
        const chosen = new DataTransfer();
        chosen.items.add(better);
        input.files = chosen.files;
      } catch {
        return file.size <= limit;
      }
    }
    return input.files[0].size <= limit;
  };

  const say = (form, text) => {
    form.querySelector("[data-upload-status]").textContent = text;
  };

  const send = async (form, input) => {
    say(form, form.dataset.smaller);
    form.setAttribute("aria-busy", "true");
    const fits = await prepare(form, input);
    form.removeAttribute("aria-busy");
    if (!fits) {
      say(form, form.dataset.tooLarge);
      input.focus();
      return;
    }
    ready.add(form);
    form.requestSubmit();
  };

  /* Before any other listener: the first press of a button is not the sending. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const onward = event.submitter && event.submitter.name === "_next";
    const upload = onward
      ? [...document.querySelectorAll("form[data-upload]")].find((each) => inputOf(each).files.length > 0)
      : form;
    if (!upload || !upload.matches("form[data-upload]")) {
      return;
    }
    const input = inputOf(upload);
    if (upload === form && (ready.has(form) || input.files.length === 0)) {
      say(form, input.files.length === 0 ? "" : form.dataset.sending);
      return;
    }
    const [file] = input.files;
    if (upload === form && isSmall(upload, file)) {
      say(form, form.dataset.sending);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (isSmall(upload, file)) {
      upload.requestSubmit();
    } else {
      send(upload, input);
    }
  }, true);

  function inputOf(form) {
    return form.querySelector("input[type=file]");
  }

  /* Another file is looked at anew; the page may also come back from the browser's memory. */
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type=file]")) {
      ready.delete(event.target.form);
      say(event.target.form, "");
    }
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-upload]")) {
      ready.delete(form);
      say(form, "");
    }
  });
})();
