// Suggestions below the search box: the combobox of the ARIA practices with a list that only helps.
// Without this file the box is a plain form. What is typed goes to this site's own API and nowhere else.
"use strict";
(() => {
  const SHORTEST = 2;
  const PAUSE = 150; // milliseconds without a key before the server is asked

  function suggest(form) {
    const input = form.querySelector("input[type=search]");
    const list = document.createElement("ul");
    const status = document.createElement("p");
    let options = [];
    let at = -1;
    let timer = 0;
    let asking = null;

    list.id = `${input.id}-list`;
    list.className = "sug";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", form.dataset.label);
    list.hidden = true;
    status.className = "vh";
    status.setAttribute("role", "status");
    form.append(list, status);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]])
      input.setAttribute(name, value);

    function choose(number) {
      at = number;
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
      if (at < 0) input.removeAttribute("aria-activedescendant");
      else {
        input.setAttribute("aria-activedescendant", options[at].id);
        options[at].scrollIntoView({ block: "nearest" });
      }
    }

    function close() {
      clearTimeout(timer);
      if (asking) asking.abort();
      list.hidden = true;
      options = [];
      list.replaceChildren();
      input.setAttribute("aria-expanded", "false");
      status.textContent = "";
      choose(-1);
    }

    function show(found) {
      close();
      options = found.map(({ text, kind_label, url }, place) => {
        const option = document.createElement("li");
        const name = document.createElement("bdi");
        const kind = document.createElement("span");
        option.id = `${list.id}-${place}`;
        option.setAttribute("role", "option");
        option.dataset.url = url;
        name.textContent = text;
        kind.className = "n";
        kind.textContent = kind_label;
        option.append(name, " ", kind);
        return option;
      });
      list.replaceChildren(...options);
      list.hidden = !options.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      if (options.length) status.textContent = `${form.dataset.label}: ${options.length}`;
      choose(-1);
    }

    async function ask() {
      asking = new AbortController();
      try {
        const address = `${form.dataset.suggest}&q=${encodeURIComponent(input.value)}`;
        const answer = await fetch(address, { signal: asking.signal });
        if (answer.ok) show((await answer.json()).suggestions);
      } catch {
        // Out of reach, or something newer was typed: the form works as ever.
      }
    }

    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = form.dataset.sheet;
    input.addEventListener("focus", () => document.head.append(style), { once: true });
    input.addEventListener("input", () => {
      close();
      if (input.value.trim().length >= SHORTEST) timer = setTimeout(ask, PAUSE);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || list.hidden) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) choose(((at + 1 + step + options.length + 1) % (options.length + 1)) - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && at >= 0) location.assign(options[at].dataset.url);
      else return;
      event.preventDefault();
    });
    input.addEventListener("blur", close);
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[data-url]");
      if (option) location.assign(option.dataset.url);
    });
  }

  for (const form of document.querySelectorAll("[data-suggest]")) suggest(form);
})();
