// Arrow keys turn the page, left and right as the reader's own links stand; what one is at is in sight, in the margin and
// on a large page. Without this file one follows the links and scrolls.
"use strict";
(() => {
  const links = new Map([...document.querySelectorAll("a[data-key]")].map((link) => [link.dataset.key, link]));
  const WRITING = "input, textarea, select, [contenteditable]";

  // The window, or what one is in, moves sideways: then the keys are for that.
  function movesSideways(element) {
    if (visualViewport.scale > 1) return true;
    for (let at = element; at; at = at.parentElement) {
      const scrolls = at === document.documentElement || ["auto", "scroll"].includes(getComputedStyle(at).overflowX);
      if (scrolls && at.scrollWidth > at.clientWidth + 1) return true;
    }
    return false;
  }

  addEventListener("keydown", (event) => {
    const link = links.get(event.key);
    if (!link || event.defaultPrevented || event.repeat) return;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest(WRITING) || movesSideways(event.target)) return;
    event.preventDefault();
    link.click();
  });
  for (const [key, link] of links) link.setAttribute("aria-keyshortcuts", key);
  document.querySelector("[data-keys]").hidden = links.size === 0;

  // Brings ``part`` to the middle of ``box``, which scrolls.
  function centre(box, part) {
    if (!box || !part) return;
    const [outer, inner] = [box.getBoundingClientRect(), part.getBoundingClientRect()];
    box.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
    box.scrollTop += inner.top + inner.height / 2 - outer.top - outer.height / 2;
  }
  centre(document.querySelector(".stay"), document.querySelector(".stay [aria-current]"));
  centre(document.querySelector(".page--large"), document.querySelector(".hit--now"));
})();
