/* The screen "Send a big file": the bytes go to the bucket past our server, which then fetches, judges and files them. */
(() => {
  "use strict";
  const form = document.querySelector("[data-direct]");
  if (!form) return;
  const say = form.dataset;
  const fields = form.elements;
  const button = form.querySelector("[data-send]");
  const progress = form.querySelector("progress");
  const status = form.querySelector("[data-status]");
  let arrived = null; // what is in the bucket and not filed yet: {file, token}
  let busy = false;

  function tell(sentence, isError) {
    status.textContent = sentence;
    status.className = isError ? "adding__error" : "adding__hint";
  }

  async function post(address, values) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", fields.csrfmiddlewaretoken.value);
    Object.entries(values).forEach(([name, value]) => body.set(name, value));
    const answer = await fetch(address, { method: "POST", body, redirect: "error" });
    const data = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(data.error || say.sayStopped), { status: answer.status });
    return data;
  }

  function send(ticket, file) {
    return new Promise((done, failed) => {
      const body = new FormData();
      Object.entries(ticket.fields).forEach(([name, value]) => body.append(name, value));
      body.append("file", file); // the bucket wants it last
      const request = new XMLHttpRequest();
      request.open("POST", ticket.url);
      request.upload.addEventListener("progress", (event) => {
        progress.value = event.lengthComputable ? (event.loaded / event.total) * 100 : 0;
      });
      request.addEventListener("load", () =>
        request.status < 300 ? done() : failed(new Error(say.sayRefused)),
      );
      request.addEventListener("error", () => failed(new Error(say.sayStopped)));
      request.send(body);
    });
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = fields.file.files[0];
    if (!file || busy) return;
    if (file.size > Number(say.most)) {
      tell(say.sayLarge, true);
      return;
    }
    busy = button.disabled = true;
    try {
      if (!arrived || arrived.file !== file) {
        progress.hidden = false;
        tell(say.saySending, false);
        const ticket = await post(say.ticket, {});
        await send(ticket, file);
        arrived = { file, token: ticket.token };
      }
      tell(say.sayJudging, false);
      const values = { token: arrived.token, name: file.name, title: fields.title.value, language: fields.language.value };
      const filed = await post(say.file, values);
      busy = false;
      window.location.assign(filed.url);
    } catch (error) {
      if (error.status === 400) arrived = null; // judged and refused: it is gone from the bucket
      tell(error.message, true);
      busy = button.disabled = false;
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (busy) event.preventDefault();
  });
})();
