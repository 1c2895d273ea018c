/**
 * What the pages gain where the browser runs scripts. Every page works without this file.
 *
 * The shortcuts can be switched off on the help page, as WCAG 2.1.4 asks of single-key shortcuts.
 */

const POLL_MILLISECONDS = 1000;
const SLOWEST_POLL_MILLISECONDS = 10000;
const FINISHED = new Set(["done", "failed", "refused", "expired"]);
const SHORTCUTS_OFF = "des-shortcuts-off";

/** Start the design system's own components from the file that the page has preloaded. */
function startComponents() {
  const script = document.querySelector("link[rel=modulepreload]");
  if (!script) return;
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  import(script.href).then(({ initAll }) => initAll());
}

/** Reading the setting may be forbidden by the browser; the shortcuts then stay on. */
function shortcutsAreOff() {
  try {
    return localStorage.getItem(SHORTCUTS_OFF) === "yes";
  } catch {
    return false;
  }
}

/** Offer the switch on the help page, which is hidden where it could not work. */
function offerShortcutSwitch() {
  const frame = document.querySelector("[data-shortcut-switch]");
  if (!frame) return;
  const box = frame.querySelector("input");
  box.checked = !shortcutsAreOff();
  box.addEventListener("change", () => localStorage.setItem(SHORTCUTS_OFF, box.checked ? "no" : "yes"));
  frame.hidden = false;
}

/** "/" goes to the search box, except while something is being typed. */
function focusSearchOnSlash() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || shortcutsAreOff()) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const box = document.querySelector("[data-search-box]");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

/** Arrow keys walk from the link of one result row to the next. */
function walkRowsWithArrows() {
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = [...document.querySelectorAll("[data-results] tbody th a")];
    const at = links.indexOf(event.target);
    const next = links[at + step];
    if (at === -1 || !next) return;
    event.preventDefault();
    next.focus();
  });
}

/** Copy buttons appear only where the browser lets a page write to the clipboard. */
function startCopyButtons() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Could not copy";
      }
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  }
}

/** Fill one progress bar from its JSON until the export ends, then show the finished page. */
function followProgress(frame) {
  const bar = frame.querySelector("progress");
  const text = frame.querySelector("[data-progress-text]");
  const spoken = frame.querySelector("[data-progress-spoken]");
  const format = new Intl.NumberFormat("en-GB");
  let wait = POLL_MILLISECONDS;
  let quarter = 0;

  const show = ({ rows_done: done, rows_total: total }) => {
    if (total) {
      bar.max = total;
      bar.value = done;
      const reached = Math.floor((4 * done) / total);
      // A screen reader hears each quarter, not each second.
      if (reached > quarter) spoken.textContent = `${25 * reached}% written`;
      quarter = reached;
    }
    text.textContent = total
      ? `${format.format(done)} of ${format.format(total)} rows (${Math.floor((100 * done) / total)}%)`
      : `${format.format(done)} rows so far`;
  };

  const ask = async () => {
    try {
      const answer = await fetch(frame.dataset.progressUrl, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new TypeError(`status ${answer.status}`);
      const progress = await answer.json();
      if (FINISHED.has(progress.state)) {
        location.reload();
        return;
      }
      show(progress);
      wait = POLL_MILLISECONDS;
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
      // The server may be restarting: ask again, ever more slowly, and say so.
      wait = Math.min(wait * 2, SLOWEST_POLL_MILLISECONDS);
      text.textContent = "Progress cannot be read at the moment. Trying again.";
    }
    setTimeout(ask, wait);
  };
  setTimeout(ask, wait);
}

startComponents();
offerShortcutSwitch();
focusSearchOnSlash();
walkRowsWithArrows();
startCopyButtons();
document.querySelectorAll("[data-progress-url]").forEach(followProgress);
