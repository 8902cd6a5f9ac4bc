/* One part of a form at a time. Without this file the form is one long page; the server decides everything. */
(() => {
  "use strict";

  const form = document.querySelector("main form[data-parts]");
  if (!form) return;

  const page = form.closest(".form-page");
  const parts = [...form.querySelectorAll(":scope > .form-section")];
  const progress = form.querySelector("[data-progress]");
  const next = form.querySelector("[data-part-next]");
  const back = form.querySelector("[data-part-back]");
  const send = form.querySelector("[data-part-send]");
  const all = form.querySelector("[data-part-all]");
  /* An address of its own for each part, so that the browser's "back" leads to the part before. A page that
     answers a sent form has none: its address cannot be asked for again. */
  const hasHistory = form.dataset.parts === "history";
  let shown = null;
  let isWhole = false;

  /* Parts that an answer makes needless are hidden by script.js. */
  const asked = () => parts.filter((part) => !part.hidden);
  const heading = (part) => part.querySelector(":scope > h2");
  const partOf = (element) => element && element.closest(".form-section");

  const update = () => {
    const list = asked();
    const index = list.indexOf(shown);
    const isLast = index === list.length - 1;
    for (const part of parts) part.toggleAttribute("data-away", !isWhole && part !== shown);
    page.dataset.part = isWhole || index === 0 ? "first" : "later";
    progress.hidden = isWhole;
    progress.textContent = progress.dataset.progress
      .replace("{number}", String(index + 1))
      .replace("{count}", String(list.length));
    next.hidden = isWhole || isLast;
    back.hidden = isWhole || index === 0;
    send.hidden = !isWhole && !isLast;
    all.hidden = isWhole;
  };

  const show = (part, { focus = true, push = false } = {}) => {
    shown = part;
    update();
    const title = heading(part);
    if (push && hasHistory) history.pushState(null, "", `#${title.id}`);
    if (focus) {
      title.focus({ preventScroll: true });
      (page.dataset.part === "later" ? progress : title).scrollIntoView({ block: "start" });
    }
  };

  const step = (by) => {
    const list = asked();
    const part = list[list.indexOf(shown) + by];
    if (part) show(part, { push: true });
  };

  const partOfAddress = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const part = partOf(id && document.getElementById(id));
    return part && !part.hidden ? part : null;
  };

  /* Enter in an input and the hidden first button mean "next" until the last part. Buttons with a name (add or
     remove an entry) are for the server. Listens before script.js, which lets a form be sent only once. */
  form.addEventListener("submit", (event) => {
    const by = event.submitter;
    if (isWhole || !send.hidden || by === send || (by && by.name)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    step(1);
  });

  next.addEventListener("click", () => step(1));
  back.addEventListener("click", () => step(-1));
  all.addEventListener("click", () => {
    isWhole = true;
    update();
    const title = heading(shown);
    title.focus({ preventScroll: true });
    title.scrollIntoView({ block: "start" });
  });

  /* Links of the list of errors may lead into a part that is away. */
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest("a[href^='#']");
      const part = link && partOf(document.getElementById(decodeURIComponent(link.hash.slice(1))));
      if (part && part !== shown && !isWhole) show(part, { focus: false, push: true });
    },
    true,
  );

  addEventListener("popstate", () => {
    if (!isWhole) show(partOfAddress() || asked()[0]);
  });
  /* What follows from an answer is known after script.js has looked at it. */
  form.addEventListener("change", () => setTimeout(update));
  form.addEventListener("zavicaj:restored", () => show(asked()[0]));
  /* A page that comes back from the browser's memory may have other answers than it began with. */
  addEventListener("pageshow", () => setTimeout(update));

  /* After script.js: only then is it known which parts apply. */
  document.addEventListener("DOMContentLoaded", () => {
    for (const part of parts) {
      heading(part).tabIndex = -1;
      heading(part).setAttribute("aria-describedby", progress.id);
    }
    const wrong = form.querySelector(".field--error");
    const continued = form.querySelector("[autofocus]");
    show(partOf(wrong) || partOf(continued) || partOfAddress() || asked()[0], { focus: false });
    if (!wrong && continued) {
      continued.focus({ preventScroll: true });
      (continued.closest(".field") || continued).scrollIntoView({ block: "start" });
    } else if (!wrong && location.hash && partOfAddress()) {
      progress.scrollIntoView({ block: "start" });
    }
  });
})();
