// Makes pages nicer; every one of them works without it.
const on = (kind, handle) => document.addEventListener(kind, handle);

// Votes without leaving the page. If anything goes wrong, the form is sent the plain way.
on("submit", async (event) => {
  const form = event.target, pressed = event.submitter;
  if (!form.matches("form.vote") || !pressed) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, pressed));
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.status !== 204) throw answer;
  } catch {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: pressed.name, value: pressed.value });
    form.append(field);
    return form.submit();
  }
  const score = form.querySelector("output");
  let sum = Number(score.textContent);
  for (const button of form.querySelectorAll("button")) {
    const worth = button.dataset.word === "up" ? 1 : -1;
    const was = button.ariaPressed === "true", is = button === pressed && !was;
    sum += worth * (is - was);
    button.ariaPressed = is;
    button.value = is ? "none" : button.dataset.word;
  }
  score.textContent = sum;
});

// "Reply" opens its form in place.
on("click", async (event) => {
  const link = event.target.closest?.("a[data-reply]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const comment = link.closest("article"), open = comment.querySelector(":scope > form.reply");
  if (open) return open.querySelector("textarea").focus();
  try {
    const answer = await fetch(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const form = page.querySelector("form.reply");
    if (!answer.ok || answer.redirected || !form) throw answer;
    // The form below the thread has the same ids.
    for (const label of form.querySelectorAll("label")) label.htmlFor = label.control.id += "-" + comment.id;
    link.closest(".actions").after(form);
    form.querySelector("textarea").focus();
  } catch { location = link.href; }
});

// Copy buttons show only where they can work.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
  });
}

// An open menu closes on Escape and on a click elsewhere.
const close = (keep) => document.querySelectorAll("details.menu[open]").forEach((menu) => menu !== keep && (menu.open = false));
on("click", (event) => close(event.target.closest?.("details.menu")));
on("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu[open]");
  close();
  menu?.querySelector("summary").focus();
});

// The visitor's own server is remembered in this browser only.
const server = document.querySelector("input[name=server]");
if (server) {
  server.value ||= localStorage.getItem("server") ?? "";
  server.form.addEventListener("submit", () => localStorage.setItem("server", server.value));
}

// What was typed and not sent yet is not lost by a slip.
const dirty = new Set();
on("input", (event) => event.target.form?.matches("[data-guard]") && dirty.add(event.target.form));
on("submit", () => dirty.clear());
addEventListener("beforeunload", (event) => dirty.size && event.preventDefault());

// The time zone of who plans an event, until they say another.
const zone = document.querySelector("input[data-zone]");
if (zone?.value === "UTC" && !document.querySelector("input[name=event_starts]").value) {
  zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}
