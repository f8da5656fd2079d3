/* The screen "Add files": pieces through tus, a row for each file as the server draws it.
   Nothing is kept in the browser: what has arrived of a file the server knows, so no name of a file stays behind. */
(() => {
  "use strict";
  const root = document.querySelector("[data-adding]");
  if (!root || !window.tus) return;
  const PIECE = 4 * 1024 * 1024;
  const AT_ONCE = 3;
  const DELAYS = [0, 1000, 3000, 5000, 10000, 20000, 30000];
  const drop = root.querySelector("[data-drop]");
  const input = drop.querySelector("input[type=file]");
  const form = root.querySelector("[data-form]");
  const arriving = root.querySelector("[data-arriving]");
  const template = root.querySelector("[data-template]");
  const warning = root.querySelector("[data-alert]");
  const token = drop.querySelector("[name=csrfmiddlewaretoken]").value;
  const say = root.dataset;
  const queue = [];
  const active = new Set();
  const stopped = new Set();
  let changed = false;
  root.classList.add("adding--scripted");

  const rows = () => root.querySelectorAll("[data-row]");

  function post(values) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", token);
    Object.entries(values).forEach(([name, value]) => body.set(name, value));
    return fetch(say.address, { method: "POST", body, redirect: "error" });
  }

  function tidy() {
    form.hidden = !rows().length;
    root.querySelectorAll("[data-section]").forEach((section) => {
      section.hidden = !section.querySelector("[data-row]");
    });
    const waits = active.size > 0 || queue.length > 0;
    const button = form.querySelector("[data-file]");
    button.disabled = waits || !form.querySelector("input[name=upload]");
    button.title = waits ? say.sayLeave : "";
  }

  /* Below the heading of its language, where the screen has headings. */
  function place(row) {
    const select = row.querySelector("select[name$='-language']");
    const list = root.querySelector(`[data-rows="${select ? select.value : ""}"]`) || root.querySelector("[data-rows]");
    if (row.parentElement !== list) list.append(row);
    tidy();
  }

  function begun(file) {
    return [...rows()].find(
      ({ dataset }) =>
        dataset.url &&
        dataset.name === file.name &&
        Number(dataset.length) === file.size &&
        dataset.modified === String(file.lastModified),
    );
  }

  function add(files) {
    warning.hidden = true;
    for (const file of files) {
      const row = begun(file);
      if (!row && rows().length + arriving.children.length >= Number(say.most)) {
        warning.textContent = say.sayMany;
        warning.hidden = false;
        break;
      }
      queue.push(new Arrival(file, row));
    }
    next();
  }

  function next() {
    while (active.size < AT_ONCE && queue.length) queue.shift().start();
    tidy();
  }

  class Arrival {
    constructor(file, row) {
      this.element = template.content.firstElementChild.cloneNode(true);
      this.part("name").textContent = file.name;
      this.part("status").textContent = say.sayWaiting;
      this.part("cancel").addEventListener("click", () => this.cancel());
      this.part("again").addEventListener("click", () => this.start());
      arriving.append(this.element);
      this.upload = new tus.Upload(file, {
        endpoint: say.endpoint,
        uploadUrl: row ? row.dataset.url : null,
        chunkSize: PIECE,
        retryDelays: DELAYS,
        headers: { "X-CSRFToken": token },
        metadata: { filename: file.name, modified: String(file.lastModified), page: say.page },
        storeFingerprintForResuming: false,
        onProgress: (sent, total) => {
          const percent = Math.floor((sent / Math.max(total, 1)) * 100);
          this.part("progress").value = percent;
          this.part("status").textContent = `${percent} %`;
        },
        onError: (error) => this.fail(error),
        onSuccess: () => this.judge(),
      });
      if (row) row.remove();
    }

    part(name) {
      return this.element.querySelector(`[data-${name}]`);
    }

    start() {
      active.add(this);
      stopped.delete(this);
      this.part("again").hidden = true;
      this.part("status").textContent = "";
      this.upload.start();
    }

    fail(error) {
      active.delete(this);
      const response = error.originalResponse;
      const status = response ? response.getStatus() : 0;
      const plain = response && (response.getHeader("Content-Type") || "").startsWith("text/plain");
      if (status >= 400 && plain) {
        this.refuse(response.getBody());
      } else {
        stopped.add(this);
        this.part("status").textContent = status ? say.sayStopped : say.sayBroken;
        this.part("again").hidden = false;
      }
      next();
    }

    refuse(sentence) {
      this.element.classList.add("adding__row--refused");
      this.part("status").classList.replace("adding__hint", "adding__error");
      this.part("status").textContent = sentence;
      this.part("progress").remove();
    }

    async judge() {
      this.part("status").textContent = say.sayJudging;
      this.part("cancel").hidden = true;
      try {
        const answer = await post({ arrived: this.upload.url.split("/").filter(Boolean).pop() });
        if (!answer.ok) throw new Error(String(answer.status));
        const holder = document.createElement("template");
        holder.innerHTML = await answer.text();
        const row = holder.content.firstElementChild;
        this.element.remove();
        active.delete(this);
        place(row);
      } catch {
        active.delete(this);
        this.refuse(say.sayUnchecked);
        this.part("cancel").hidden = false;
      }
      next();
    }

    cancel() {
      const waiting = queue.indexOf(this);
      if (waiting >= 0) queue.splice(waiting, 1);
      active.delete(this);
      stopped.delete(this);
      this.upload.abort(Boolean(this.upload.url)).catch(() => {});
      this.element.remove();
      next();
    }
  }

  window.addEventListener("online", () => stopped.forEach((one) => one.start()));

  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  drop.addEventListener("submit", (event) => event.preventDefault());
  ["dragenter", "dragover"].forEach((name) =>
    root.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("adding__drop--over");
    }),
  );
  ["dragleave", "drop"].forEach((name) =>
    root.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.remove("adding__drop--over");
    }),
  );
  root.addEventListener("drop", (event) => add(event.dataTransfer.files));

  form.addEventListener("input", () => {
    changed = true;
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("select[name$='-language']")) {
      place(event.target.closest("[data-row]"));
      event.target.focus();
    }
  });
  form.addEventListener("click", async (event) => {
    const use = event.target.closest("[data-use]");
    const remove = event.target.closest("[name=remove]");
    if (use) {
      const title = use.closest("[data-row]").querySelector("input[name$='-title']");
      title.value = use.dataset.use;
      title.focus();
      changed = true;
    } else if (remove) {
      event.preventDefault();
      const row = remove.closest("[data-row]");
      if ((await post({ remove: remove.value })).ok) row.remove();
      tidy();
    }
  });
  form.addEventListener("submit", () => {
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed || active.size || queue.length) event.preventDefault();
  });
  tidy();
})();
