/* Comfort only: every page and every form works without this file. */
(() => {
  "use strict";

  /* Questions that an answer makes needless are put away; without script a sentence says when to answer
     them, and the server decides the same. A name with a star means: in any entry of the group. */
  const answersTo = (form, name) => {
    const [group, question] = name.split("*");
    return [...form.elements]
      .filter((input) => question === undefined
        ? input.name === name
        : input.name && input.name.startsWith(group) && input.name.endsWith(question))
      .filter((input) => (input.type !== "radio" && input.type !== "checkbox") || input.checked)
      .filter((input) => !input.closest("[hidden]"))
      .map((input) => input.value);
  };

  const showWhatIsAsked = (form) => {
    for (const part of form.querySelectorAll("[data-shown-when-field]")) {
      const wanted = part.dataset.shownWhenValues.split(" ");
      const given = answersTo(form, part.dataset.shownWhenField);
      part.hidden = !given.some((value) => wanted.includes(value));
    }
  };

  /* A second click while the first request is under way does nothing; after ten seconds, or when the
     page comes back from the browser's memory, sending is possible again. */
  const sendOnce = (form) => {
    let release = 0;
    const free = () => {
      clearTimeout(release);
      release = 0;
      form.removeAttribute("aria-busy");
    };
    form.addEventListener("submit", (event) => {
      if (release) {
        event.preventDefault();
        return;
      }
      form.setAttribute("aria-busy", "true");
      release = setTimeout(free, 10000);
    });
    addEventListener("pageshow", free);
  };

  /* Here the page itself shows only what applies, so the sentence "answer only if …" is not needed. */
  for (const sentence of document.querySelectorAll("[data-shown-when-field] [id$='-when']")) {
    sentence.remove();
  }

  for (const form of document.querySelectorAll("main form")) {
    showWhatIsAsked(form);
    form.addEventListener("change", () => showWhatIsAsked(form));
    sendOnce(form);
  }

  const submenus = [...document.querySelectorAll(".submenu")];
  const closeMenus = (except) => {
    for (const menu of submenus.filter((menu) => menu.open && menu !== except)) {
      menu.open = false;
    }
  };
  if (submenus.length > 0) {
    addEventListener("click", (event) => closeMenus(event.target.closest(".submenu")));
    addEventListener("keydown", (event) => {
      const menu = event.key === "Escape" && document.activeElement.closest(".submenu[open]");
      if (menu) {
        menu.querySelector("summary").focus();
      }
      if (event.key === "Escape") {
        closeMenus();
      }
    });
  }

  const summary = document.querySelector(".error-summary");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (target) {
        event.preventDefault();
        target.focus({ preventScroll: true });
        (target.closest(".field") || target).scrollIntoView({ block: "start" });
      }
    });
  }

  for (const share of document.querySelectorAll("[data-share]")) {
    const { shareTitle: title, shareUrl: url, shareDone: done } = share.dataset;
    const native = share.querySelector("[data-share-native]");
    const copy = share.querySelector("[data-share-copy]");
    if (native && navigator.share) {
      native.parentElement.hidden = false;
      native.addEventListener("click", () => navigator.share({ title, url }).catch(() => {}));
    }
    if (copy && navigator.clipboard) {
      copy.parentElement.hidden = false;
      copy.addEventListener("click", () =>
        navigator.clipboard.writeText(url).then(
          () => { share.querySelector("[role='status']").textContent = done; },
          () => {},
        ),
      );
    }
  }
})();
