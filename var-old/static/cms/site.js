// Consent for videos and maps. Without this file a facade is a poster, a plain link and a transcript.
// The reader's choice stays in this browser (localStorage), no cookie, nothing is sent.
"use strict";
(() => {
  const PREFIX = "consent:";
  const store = {
    keys() {
      try {
        return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
      } catch {
        return [];
      }
    },
    name: (key) => localStorage.getItem(key),
    has: (key) => store.keys().includes(PREFIX + key),
    keep(key, name) {
      try {
        localStorage.setItem(PREFIX + key, name);
      } catch {
        // Storage is shut: the choice holds for this page.
      }
    },
    forget: (key) => localStorage.removeItem(key),
  };

  function load(facade, focus) {
    const { src, title } = facade.dataset;
    const frame = document.createElement("iframe");
    frame.src = src;
    frame.title = title;
    frame.className = "consent__frame";
    frame.allowFullscreen = true;
    // Players refuse to start without the name of the site; they never get the page's address.
    frame.referrerPolicy = "strict-origin";
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-presentation allow-popups");
    facade.querySelector(".consent__poster").replaceWith(frame);
    facade.querySelector("[data-consent-ask]").remove();
    facade.classList.add("consent--loaded");
    delete facade.dataset.consent;
    if (focus) frame.focus();
  }

  function always(facade) {
    const { consent, provider } = facade.dataset;
    store.keep(consent, provider);
    load(facade, true);
    for (const other of document.querySelectorAll(`[data-consent="${CSS.escape(consent)}"]`)) load(other, false);
    choices();
  }

  function choices() {
    const list = document.querySelector("[data-consent-list]");
    if (!list) return;
    const keys = store.keys();
    list.replaceChildren();
    for (const key of keys) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn--line";
      button.textContent = list.dataset.forget.replace("{provider}", store.name(key));
      button.addEventListener("click", () => {
        store.forget(key);
        choices();
        document.querySelector("#privacy-choices summary").focus();
      });
      const item = document.createElement("li");
      item.append(button);
      list.append(item);
    }
    list.hidden = !keys.length;
    document.querySelector("[data-consent-none]").hidden = keys.length > 0;
  }

  // A fragment that points at a fold, or into one, opens it.
  function open() {
    const target = document.querySelector(":target");
    if (!target) return;
    const fold = target.closest("details");
    if (fold) fold.open = true;
    target.scrollIntoView();
  }

  for (const facade of document.querySelectorAll("[data-consent]")) {
    facade.querySelector("[data-consent-ask]").hidden = false;
    facade.querySelector("[data-consent-once]").addEventListener("click", () => load(facade, true));
    facade.querySelector("[data-consent-always]").addEventListener("click", () => always(facade));
    if (store.has(facade.dataset.consent)) load(facade, false);
  }
  choices();
  addEventListener("hashchange", open);
  open();

  // The language list closes when the reader goes elsewhere or presses Escape.
  const languages = document.querySelector(".lang");
  if (languages) {
    addEventListener("click", (event) => {
      if (!languages.contains(event.target)) languages.open = false;
    });
    languages.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      languages.open = false;
      languages.querySelector("summary").focus();
    });
  }
})();
