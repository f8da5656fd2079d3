/* What is sent from the editor waits for the autosave that is under way, and none begins behind it: of two requests that
   make the same new page, or change the same draft, only one can be kept, and the other is refused. */
(() => {
  "use strict";
  const LONGEST = 20000; // then it is sent all the same, and autosave goes on if nobody has left
  let saving = false;
  let leaving = false;
  let waiting = null;

  function leave() {
    leaving = true;
    setTimeout(() => (leaving = false), LONGEST);
  }

  function send() {
    if (!waiting) return;
    const { form, button, timer } = waiting;
    waiting = null;
    clearTimeout(timer);
    leave();
    // A button that shows that it works is disabled, and sends nothing of its own.
    const pressed = Object.assign(document.createElement("input"), { type: "hidden", ...button });
    form.append(pressed);
    form.requestSubmit();
    pressed.remove();
  }

  function settled() {
    saving = false;
    send();
  }

  document.addEventListener("w-autosave:save", (event) => {
    if (leaving) event.preventDefault();
    else saving = !event.defaultPrevented;
  });
  document.addEventListener("w-autosave:success", settled);
  document.addEventListener("w-autosave:error", settled);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("[data-edit-form]") || leaving) return;
    if (!saving) {
      leave();
      return;
    }
    event.preventDefault();
    const { name = "", value = "" } = event.submitter || {};
    clearTimeout(waiting?.timer);
    waiting = { form, button: { name, value }, timer: setTimeout(send, LONGEST) };
  });
  addEventListener("pageshow", () => (leaving = false));
})();
