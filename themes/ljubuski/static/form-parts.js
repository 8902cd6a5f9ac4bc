/* One page of questions at a time. Without this file the form is one long page; the server decides everything. */
(() => {
  "use strict";

  const form = document.querySelector("main form[data-parts]");
  if (!form) return;

  const page = form.closest(".form-page");
  /* A step that only tells of something later is shown with all the others or not at all. */
  const steps = [...form.querySelectorAll(":scope > .form-section > .form-step:not([data-notice])")];
  const sections = [...form.querySelectorAll(":scope > .form-section")];
  const progress = form.querySelector("[data-progress]");
  const next = form.querySelector("[data-part-next]");
  const back = form.querySelector("[data-part-back]");
  const send = form.querySelector("[data-part-send]");
  const all = form.querySelector("[data-part-all]");
  /* Every step is an entry of the browser's history, so that "back" leads to the one before. A page that answers a
     sent form keeps its address all the same: it cannot be asked for again. */
  const hasAddresses = form.dataset.parts === "address";
  /* Whoever has been through all questions is led only to those that are wrong, or that an answer has made needed. */
  const isSeen = form.querySelector("[data-seen]") !== null;
  const title = document.title;
  const words = next.textContent;
  /* Before the first step stands what one should know; then no step is shown. */
  let shown = null;
  let isWhole = false;
  let known = [];
  const done = new Set();

  const sectionOf = (step) => step && step.closest(".form-section");
  const heading = (step) =>
    step ? step.querySelector("[data-page-heading]") || sectionOf(step).querySelector(":scope > h2") : page.querySelector("h1");
  /* Questions that an answer makes needless are hidden by script.js. */
  const isAsked = (step) =>
    !sectionOf(step).hidden && [...step.querySelectorAll(":scope > :is(.field, .group)")].some((field) => !field.hidden);
  const asked = () => steps.filter(isAsked);
  const stepOf = (element) => {
    const inside = element && element.closest(".form-step, .form-section");
    return inside && asked().find((step) => step === inside || sectionOf(step) === inside);
  };

  const following = () => {
    const list = asked();
    if (!isSeen) return list[list.indexOf(shown) + 1];
    const due = list.filter((step) => step !== shown && !done.has(step) && (step.querySelector(".field--error") || !known.includes(step)));
    return due.find((step) => list.indexOf(step) > list.indexOf(shown)) || due[0];
  };

  const update = () => {
    const list = asked();
    const index = list.indexOf(shown);
    const isStart = !shown;
    const isLast = !following();
    for (const step of form.querySelectorAll(".form-step")) step.toggleAttribute("data-away", !isWhole && step !== shown);
    for (const section of sections) {
      section.toggleAttribute("data-away", !isWhole && section !== sectionOf(shown));
      section.toggleAttribute("data-heading", !isWhole && !isStart && shown.hasAttribute("data-section-heading"));
    }
    form.toggleAttribute("data-single", !isWhole);
    page.dataset.part = isWhole ? "whole" : isStart ? "start" : "question";
    document.title = isWhole || isStart ? title : `${heading(shown).textContent.trim()} · ${title}`;
    progress.hidden = isWhole || isStart;
    progress.style.setProperty("--done", `${(100 * (index + 1)) / list.length}%`);
    progress.textContent = progress.dataset.progress
      .replace("{number}", String(index + 1))
      .replace("{count}", String(list.length));
    next.textContent = isStart ? next.dataset.start : words;
    next.hidden = isWhole || isLast;
    back.hidden = isWhole || isStart || (index === 0 && !hasAddresses);
    send.hidden = !isWhole && !isLast;
    all.hidden = isWhole;
  };

  const show = (step, { focus = true, push = false } = {}) => {
    shown = step;
    if (push) history.pushState(stateOf(step), "", hasAddresses ? `${location.pathname}${step ? `#${step.id}` : ""}` : undefined);
    update();
    if (focus) {
      heading(step).focus({ preventScroll: true });
      (step ? progress : heading(step)).scrollIntoView({ block: "start" });
    }
  };

  const stateOf = (step) => ({ step: step ? step.id : "" });
  const stepOfAddress = () => {
    const id = (history.state && history.state.step) || decodeURIComponent(location.hash.slice(1));
    return stepOf(id && document.getElementById(id));
  };

  const goOn = () => {
    done.add(shown);
    show(following(), { push: true });
  };
  const goBack = () => {
    const list = asked();
    show(list[list.indexOf(shown) - 1] || null, { push: true });
  };

  /* Enter in an input and the hidden first button mean "next" until the last step. Buttons with a name (add or
     remove an entry) are for the server. Listens before script.js, which lets a form be sent only once. */
  form.addEventListener("submit", (event) => {
    const by = event.submitter;
    if (isWhole || !send.hidden || by === send || (by && by.name)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    goOn();
  });

  next.addEventListener("click", goOn);
  back.addEventListener("click", goBack);
  all.addEventListener("click", () => {
    isWhole = true;
    update();
    const from = heading(shown || asked()[0]);
    from.focus({ preventScroll: true });
    from.scrollIntoView({ block: "start" });
  });

  /* Links of the list of errors may lead into a step that is away. */
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest("a[href^='#']");
      const step = link && stepOf(document.getElementById(decodeURIComponent(link.hash.slice(1))));
      if (step && step !== shown && !isWhole) show(step, { focus: false, push: true });
    },
    true,
  );

  /* Links within the page (to the main part of it) come here as well: they lead to no step. */
  addEventListener("popstate", () => {
    const step = stepOfAddress();
    if (!isWhole && (step || (history.state && history.state.step === ""))) show(step || null);
  });
  /* After that the browser has looked for what the address names, and taken the focus with it. */
  addEventListener("hashchange", () => {
    if (document.activeElement === document.body) heading(shown).focus({ preventScroll: true });
  });
  /* What follows from an answer is known after script.js has looked at it. */
  form.addEventListener("change", () => setTimeout(update));
  /* Answers that came from a file: on to where they end. */
  form.addEventListener("zavicaj:restored", () => {
    const isChanged = (input) =>
      input.type === "radio" || input.type === "checkbox"
        ? input.checked !== input.defaultChecked
        : "defaultValue" in input ? input.value !== input.defaultValue : input.value !== "";
    const isAnswered = (step) => [...step.querySelectorAll("input, select, textarea")].some(isChanged);
    if (!isWhole) show(asked().filter(isAnswered).at(-1) || asked()[0], { push: true });
  });
  /* A page that comes back from the browser's memory may have other answers than it began with. */
  addEventListener("pageshow", () => setTimeout(update));

  /* After script.js: only then is it known which questions apply. */
  document.addEventListener("DOMContentLoaded", () => {
    known = asked();
    page.querySelector("h1").tabIndex = -1;
    for (const step of steps) {
      heading(step).tabIndex = -1;
      const context = step.querySelector("[data-page-heading]") ? sectionOf(step).getAttribute("aria-labelledby") : "";
      heading(step).setAttribute("aria-describedby", `${progress.id} ${context}`.trim());
    }
    const wrong = form.querySelector(".field--error");
    const continued = form.querySelector("[autofocus]");
    const first = hasAddresses ? null : known[0];
    show(stepOf(wrong) || stepOf(continued) || stepOfAddress() || first, { focus: false });
    history.replaceState(stateOf(shown), "");
    if (!wrong && continued) {
      continued.focus({ preventScroll: true });
      (continued.closest(".field") || continued).scrollIntoView({ block: "start" });
    } else if (!wrong && location.hash && stepOfAddress()) {
      progress.scrollIntoView({ block: "start" });
    }
  });
})();
