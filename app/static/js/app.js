/* What HTML and htmx cannot do alone. Every control works without this file; nothing is evaluated.
   Read here: data-focus, data-dialog, data-close, data-show, data-left, data-files, data-bulk, data-retry, data-pick, data-print. */
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (name, act, capture = false) => document.addEventListener(name, act, capture);
const LOST = "没存上，请检查网络后再试一次。";

/* What asked for focus gets it once: an error summary, the undo button of a row just decided. */
function focusAsked() {
  const wanted = all("[data-focus]").find((node) => node.checkVisibility?.() ?? true);
  if (!wanted) return;
  wanted.removeAttribute("data-focus");
  wanted.focus();
}

function countLeft(hint) {
  const box = document.getElementById(hint.dataset.left);
  if (box) hint.textContent = `还可以写 ${box.maxLength - box.value.length} 字`;
}

function countChosen(form) {
  const boxes = [...form.elements].filter((box) => box.name === "ids");
  const chosen = boxes.filter((box) => box.checked).length;
  all("[data-n]", form).forEach((place) => { place.textContent = chosen; });
  all(".bulk .btn", form).forEach((button) => { button.disabled = !chosen; });
  const every = one("[data-all]", form);
  if (every) Object.assign(every, { checked: chosen > 0 && chosen === boxes.length, indeterminate: chosen > 0 && chosen < boxes.length });
}

/* Controls that only make sense with scripts appear, counters get their first figure. Safe to run again. */
function ready() {
  all("[data-show],[data-print]").forEach((button) => { button.hidden = false; });
  all("[data-left]").forEach(countLeft);
  all("[data-bulk]").forEach(countChosen);
  all(".chips :checked, .tabs [aria-current]").map((one) => one.closest("label,a")).forEach((one) => { one.parentElement.scrollLeft = one.offsetLeft - one.parentElement.offsetLeft - 40; });
  focusAsked();
}

function free(form) {
  form?.removeAttribute("aria-busy");
  all(".busy", form ?? document).forEach((button) => button.classList.remove("busy"));
}

/* What did not reach the server is said aloud; a row of attendance stays loud until it does. */
function lost(element) {
  const toast = Object.assign(document.createElement("div"), { className: "toast err", textContent: LOST });
  one("#alert").replaceChildren(toast);
  const row = element.closest?.("[data-retry]");
  if (!row) return;
  row.classList.add("fail");
  one(".st", row).textContent = "没存上，点一下重试";
}

on("DOMContentLoaded", ready);
on("htmx:after:swap", ready);
on("htmx:error", (event) => { if (event.detail.ctx?.request && !event.detail.ctx.response) lost(event.target); });
on("htmx:response:error", (event) => { if (event.detail.ctx.response.status >= 500) lost(event.target); });
on("htmx:before:swap", (event) => { if (event.detail.ctx.response?.status < 400) one("#alert").replaceChildren(); });
on("htmx:finally:request", (event) => free(event.detail.ctx.request.form));
window.addEventListener("pageshow", () => all("form[aria-busy]").forEach(free));
window.addEventListener("beforeunload", (event) => { if (one(".fail")) event.preventDefault(); });

/* One answer for one press: a second submit while the first is under way is dropped. */
on("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || "retry" in form.dataset) return;
  if (form.hasAttribute("aria-busy")) { event.preventDefault(); event.stopPropagation(); return; }
  form.setAttribute("aria-busy", "true");
  event.submitter?.classList.add("busy");
}, true);

on("click", (event) => {
  const menu = one(".menu[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
  if (event.target.tagName === "DIALOG") event.target.close();
  const press = event.target.closest("[data-dialog],[data-close],[data-show],[data-print]");
  if (!press) return;
  const { dialog, show, close, print } = press.dataset;
  if (dialog) { event.preventDefault(); document.getElementById(dialog).showModal(); }
  if (close !== undefined) (press.closest("dialog") ? press.closest("dialog").close() : press.closest(".toast")?.remove());
  if (print !== undefined) window.print();
  if (!show) return;
  const box = document.getElementById(show);
  box.type = box.type === "password" ? "text" : "password";
  press.firstChild.data = box.type === "password" ? "显示" : "隐藏";
});
on("keydown", (event) => {
  const menu = one(".menu[open]");
  if (event.key === "Escape" && menu) { menu.open = false; one("summary", menu).focus(); }
  if (event.key === "Enter" && "pick" in event.target.dataset) event.preventDefault(); // it searches while one types
});
on("input", (event) => all("[data-left]").filter((hint) => hint.dataset.left === event.target.id).forEach(countLeft));
on("change", (event) => {
  const { form, files, dataset, checked, type } = event.target;
  if ("all" in dataset) [...form.elements].forEach((box) => { if (box.name === "ids") box.checked = checked; });
  if (form?.hasAttribute("data-bulk")) countChosen(form);
  if (type === "radio") one("[data-pick]", event.target.closest("fieldset") ?? form)?.dispatchEvent(new Event("htmx:abort")); // chosen: no late answer takes it away
  if (files && dataset.files) document.getElementById(dataset.files).textContent = `已选 ${files.length} 个文件`;
});
