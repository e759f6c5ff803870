/* What HTML and htmx cannot do alone. Every control works without this file; no eval, no inline handlers.
   Attributes read here: data-focus, data-dialog, data-close, data-show, data-left, data-files, data-bulk, data-retry, data-print. */
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (name, act) => document.addEventListener(name, act);

/* The part of the page that asked for focus gets it once: an error summary, the undo button of a row just decided. */
function focusAsked() {
  const wanted = one("[data-focus]:not(dialog:not([open]) *, details:not([open]) *)");
  if (!wanted) return;
  wanted.removeAttribute("data-focus");
  wanted.focus();
}

function countLeft(hint) {
  const box = document.getElementById(hint.dataset.left);
  if (box) hint.textContent = `还可以写 ${box.maxLength - box.value.length} 字`;
}

function countChosen(form) {
  const boxes = all("input[name=ids]", form);
  const chosen = boxes.filter((box) => box.checked).length;
  all("[data-n]", form).forEach((place) => { place.textContent = chosen; });
  all(".bulk .btn", form).forEach((button) => { button.disabled = !chosen; });
  const every = one("[data-all]", form);
  if (!every) return;
  every.checked = boxes.length > 0 && chosen === boxes.length;
  every.indeterminate = chosen > 0 && chosen < boxes.length;
}

/* Things that only make sense with scripts appear; counters get their first figure. Safe to run again. */
function ready() {
  all("[data-show],[data-print]").forEach((button) => { button.hidden = false; });
  all("[data-left]").forEach(countLeft);
  all("[data-bulk]").forEach(countChosen);
  all(".chips :checked").forEach((radio) => {
    const row = radio.closest(".chips");
    row.scrollLeft = radio.parentElement.offsetLeft - row.offsetLeft - 40;
  });
  focusAsked();
}

function free(form) {
  form.removeAttribute("aria-busy");
  all(".busy", form).forEach((button) => button.classList.remove("busy"));
}

/* A row of attendance that did not reach the server stays loud until it does. */
function markFailed(element) {
  const row = element?.closest?.("[data-retry]");
  if (!row) return;
  row.classList.add("fail");
  one(".st", row).textContent = "没存上，点一下重试";
}

on("DOMContentLoaded", ready);
on("htmx:after:swap", ready);
window.addEventListener("pageshow", () => all("form[aria-busy]").forEach(free));
on("htmx:finally:request", (event) => free(event.detail.ctx.sourceElement.closest("form") ?? document.body));
on("htmx:error", (event) => {
  markFailed(event.target);
  if (event.detail.ctx) one("#alert").replaceChildren(notice("网络断了，刚才的操作没有存上，请再试一次。"));
});
on("htmx:response:error", (event) => { if (event.detail.ctx.response.status >= 500) markFailed(event.target); });
window.addEventListener("beforeunload", (event) => { if (one(".fail")) event.preventDefault(); });

function notice(text) {
  const toast = document.createElement("div");
  toast.className = "toast err";
  toast.textContent = text;
  return toast;
}

/* One answer for one press: a second submit while the first is under way is dropped. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-retry")) return;
  if (form.hasAttribute("aria-busy")) { event.preventDefault(); event.stopPropagation(); return; }
  form.setAttribute("aria-busy", "true");
  event.submitter?.classList.add("busy");
}, true);

on("click", (event) => {
  const press = event.target.closest("[data-dialog],[data-close],[data-show],[data-print]");
  const menu = one(".menu[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
  if (event.target.tagName === "DIALOG") event.target.close();
  if (!press) return;
  const { dialog, show } = press.dataset;
  if (dialog) { event.preventDefault(); document.getElementById(dialog).showModal(); }
  if ("close" in press.dataset) (press.closest("dialog")?.close() ?? press.closest(".toast")?.remove());
  if ("print" in press.dataset) window.print();
  if (show) {
    const box = document.getElementById(show);
    box.type = box.type === "password" ? "text" : "password";
    press.firstChild.data = box.type === "password" ? "显示" : "隐藏";
  }
});
on("keydown", (event) => {
  const menu = one(".menu[open]");
  if (event.key === "Escape" && menu) { menu.open = false; one("summary", menu).focus(); }
});
on("input", (event) => all(`[data-left="${event.target.id}"]`).forEach(countLeft));
on("change", (event) => {
  const { form, files, dataset } = event.target;
  if ("all" in dataset) all("input[name=ids]", form).forEach((box) => { box.checked = event.target.checked; });
  if (form?.hasAttribute("data-bulk")) countChosen(form);
  if (files && dataset.files) document.getElementById(dataset.files).textContent = `已选 ${files.length} 个文件`;
});
