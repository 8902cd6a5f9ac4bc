// For the editor's own browser. Reloads when the site was built again, also after the server was away; takes a new
// style sheet without reloading; shows what is wrong while the site cannot be built. A form that somebody has begun
// to fill in is left alone. Only a page that is seen listens: browsers allow six connections to a host, and an editor
// has many tabs.
(() => {
  const TEXTS = {
    hr: { title: "Stranica se ne može izraditi", last: "Prikazuje se posljednja ispravna.", help: "Pomoć:", close: "Zatvori", line: "redak", more: "i još grešaka:" },
    en: { title: "The site cannot be built", last: "The last good one is shown.", help: "Help:", close: "Close", line: "line", more: "and more errors:" },
  };
  const MOST = 20;
  const language = document.documentElement.lang === "hr" ? "hr" : "en";
  const words = TEXTS[language];
  const seen = { version: null, style: null, problems: "[]" };
  let touched = false;
  let source = null;
  let dialog = null;
  let dressed = false;

  const element = (name, text, ...children) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    made.append(...children);
    return made;
  };

  const shown = ({ code, file, line, text, message, help }) => {
    const place = line > 0 ? `${file}, ${words.line} ${line}` : file;
    const item = element("li", "", element("p", message[language]));
    if (file) item.append(element("p", "", element("code", place)));
    if (text) item.append(element("pre", text));
    if (help) item.append(element("p", "", element("strong", words.help), ` ${help[language]}`));
    item.append(element("p", "", element("small", code)));
    return item;
  };

  const dress = () => {
    if (dressed) return;
    dressed = true;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      dialog.zavicaj-problems { box-sizing: border-box; inline-size: min(60rem, 94vw); max-block-size: 90vh; overflow: auto;
        padding: 1.5rem; border: 4px solid #a4161a; background: #fff; color: #1b1b1b; font: 1rem/1.5 system-ui, sans-serif; }
      dialog.zavicaj-problems::backdrop { background: rgb(0 0 0 / 60%); }
      dialog.zavicaj-problems pre { overflow-x: auto; padding: .5rem; background: #f2f2f2; color: #1b1b1b; white-space: pre-wrap; overflow-wrap: anywhere; }
      dialog.zavicaj-problems code, dialog.zavicaj-problems pre { font: .95rem/1.5 ui-monospace, monospace; }
      dialog.zavicaj-problems button { min-block-size: 2.75rem; padding: .25rem 1.25rem; border: 2px solid #1b1b1b; background: #1b1b1b; color: #fff; font: inherit; }
      dialog.zavicaj-problems button:focus-visible { outline: 3px solid #1b1b1b; outline-offset: 3px; }
    `);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  };

  const show = (problems) => {
    dialog?.close();
    dialog?.remove();
    dialog = null;
    if (problems.length === 0) return;
    dress();
    const heading = element("h2", words.title);
    heading.id = "zavicaj-problems-title";
    const close = element("button", words.close);
    close.type = "button";
    close.autofocus = true;
    close.addEventListener("click", () => dialog?.close());
    const list = element("ul", "", ...problems.slice(0, MOST).map(shown));
    dialog = element("dialog", "", heading, element("p", words.last), list);
    if (problems.length > MOST) dialog.append(element("p", `${words.more} ${problems.length - MOST}`));
    dialog.append(close);
    dialog.className = "zavicaj-problems";
    dialog.lang = language;
    dialog.setAttribute("aria-labelledby", heading.id);
    document.body.append(dialog);
    dialog.showModal();
  };

  const restyle = (sheets) => {
    for (const old of document.querySelectorAll('link[rel="stylesheet"]')) {
      const address = new URL(old.href);
      if (address.host !== location.host) continue;
      // The page may be older than the last change: what counts is the name without the fingerprint.
      const plain = address.pathname.replace(/\.[0-9a-f]{8}(?=\.[^./]+$)/, "");
      const sheet = sheets[address.pathname] ?? sheets[plain];
      if (sheet?.url === address.pathname) continue;
      const next = old.cloneNode();
      next.removeAttribute("integrity");
      if (sheet) {
        address.pathname = sheet.url;
        next.integrity = sheet.integrity;
      } else {
        address.searchParams.set("zavicaj", seen.style);
      }
      next.href = address.href;
      // The old one stays until the new one is there, so that the page is never bare.
      next.addEventListener("load", () => old.remove());
      next.addEventListener("error", () => next.remove());
      old.after(next);
    }
  };

  addEventListener("input", () => { touched = true; });
  const heard = {
    version({ data }) {
      if (seen.version !== null && seen.version !== data && !touched) location.reload();
      seen.version = data;
    },
    style({ data }) {
      const { number, sheets } = JSON.parse(data);
      const isNew = seen.style !== null && seen.style !== number;
      seen.style = number;
      if (isNew) restyle(sheets);
    },
    problems({ data }) {
      if (data === seen.problems) return;
      seen.problems = data;
      // The page that is shown before the first good build lists them itself.
      if (!document.documentElement.hasAttribute("data-not-built")) show(JSON.parse(data));
    },
  };
  const listen = () => {
    if (source) source.close();
    source = document.hidden ? null : new EventSource("/.zavicaj/events");
    if (source) for (const [name, act] of Object.entries(heard)) source.addEventListener(name, act);
  };
  document.addEventListener("visibilitychange", listen);
  listen();
})();
