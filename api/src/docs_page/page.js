// What the page does beyond being read: the language of the examples, copies, the present place, the search.
"use strict";
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const made = (name, properties) => Object.assign(document.createElement(name), properties);
const contents = document.getElementById("contents");

// The language: one choice for all examples, which this browser remembers.
const radios = all(".languages input");
const choose = (language) => {
  const chosen = radios.find((radio) => radio.value === language);
  if (!chosen) return;
  chosen.checked = true;
  all(".label button[value]").forEach((button) => button.setAttribute("aria-pressed", String(button.value === language)));
  try { localStorage.setItem("language", language); } catch { /* A browser without storage forgets. */ }
};
all(".language .label").forEach((label) => {
  label.textContent = "";
  radios.forEach((radio) => {
    const button = made("button", { type: "button", value: radio.value, textContent: radio.parentElement.textContent });
    button.addEventListener("click", () => {
      const before = label.getBoundingClientRect().top;
      choose(radio.value);
      const shown = label.closest(".samples").querySelector(`.${radio.value} .label`);
      scrollBy(0, shown.getBoundingClientRect().top - before);
      shown.querySelector(`[value=${radio.value}]`).focus({ preventScroll: true });
    });
    label.append(button);
  });
});
radios.forEach((radio) => radio.addEventListener("change", () => choose(radio.value)));
let remembered = null;
try { remembered = localStorage.getItem("language"); } catch { /* The first language then. */ }
choose(radios.some((radio) => radio.value === remembered) ? remembered : radios[0].value);

// Copies. Without a secure connection browsers have no clipboard: the code is selected then.
all(".code").forEach((block) => {
  const button = made("button", { type: "button", className: "copy", textContent: "Copy" });
  const code = block.querySelector("pre code");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  block.querySelector(".label").append(button);
});

// The present place: the innermost section at a line below the upper edge.
const links = new Map(all("#tree a").map((link) => [link.hash.slice(1), link]));
const places = all("main section[id], main article[id]").filter((place) => links.has(place.id));
const crossing = new Set();
let present = null;
const watch = new IntersectionObserver((changes) => {
  changes.forEach((change) => (change.isIntersecting ? crossing.add(change.target) : crossing.delete(change.target)));
  const innermost = places.findLast((place) => crossing.has(place));
  const link = innermost ? links.get(innermost.id) : null;
  if (link === present) return;
  present?.removeAttribute("aria-current");
  link?.setAttribute("aria-current", "true");
  present = link;
  if (!link || !contents.checkVisibility()) return;
  const [at, frame] = [link.getBoundingClientRect(), contents.getBoundingClientRect()];
  if (at.top < frame.top + 60 || at.bottom > frame.bottom - 60) contents.scrollTop += at.top - frame.top - frame.height / 3;
}, { rootMargin: "-15% 0px -84% 0px" });
places.forEach((place) => watch.observe(place));

// The search over operations, errors, sections and fields, in what the page shows.
const [query, results, count, tree] = ["query", "results", "count", "tree"].map((id) => document.getElementById(id));
query.parentElement.hidden = false;
let index = null;
const title = (heading) => heading.cloneNode(true).textContent.replace(/#$/, "").trim();
const read = () => {
  const found = [];
  const add = (rank, name, about, id) => found.push({ rank, name, about, id, words: `${name} ${about}`.toLowerCase() });
  all("article.operation").forEach((one) => {
    add(0, title(one.querySelector("h3")), one.querySelector(".endpoint").textContent.trim(), one.id);
  });
  all("article.problem").forEach((one) => {
    add(1, one.querySelector("code").textContent, title(one.querySelector("h4")).split(" ").slice(1).join(" "), one.id);
  });
  all("main section > h2, .prose h3[id], article.object > h3").forEach((heading) => {
    add(2, title(heading), "", heading.id || heading.parentElement.id);
  });
  const seen = new Set();
  all(".fields .name").forEach((name) => {
    const place = name.closest("article");
    const key = `${name.textContent} ${place.id}`;
    if (seen.has(key)) return;
    seen.add(key);
    add(3, name.textContent, `field, ${title(place.querySelector("h3"))}`, place.id);
  });
  return found;
};
const search = () => {
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  results.textContent = "";
  count.textContent = "";
  tree.hidden = words.length > 0;
  if (words.length === 0) return;
  index ??= read();
  const score = (one) => one.rank + (one.name.toLowerCase().startsWith(words[0]) ? 0 : 0.5) + (one.name.toLowerCase() === query.value.trim().toLowerCase() ? -4 : 0);
  const found = index.filter((one) => words.every((word) => one.words.includes(word)));
  found.sort((one, other) => score(one) - score(other));
  count.textContent = found.length === 0 ? "Nothing found." : found.length === 1 ? "1 place" : `${found.length} places`;
  found.slice(0, 50).forEach((one) => {
    const link = made("a", { href: `#${one.id}`, textContent: one.name });
    if (one.about) link.append(made("small", { textContent: one.about }));
    results.append(made("li", {}));
    results.lastChild.append(link);
  });
};
query.addEventListener("input", search);
const leave = () => { query.value = ""; search(); };
contents.addEventListener("click", (event) => {
  if (!event.target.closest("a")) return;
  leave();
  if (contents.matches(":popover-open")) contents.hidePopover();
});
contents.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [query, ...all("a", results)];
  const at = stops.indexOf(document.activeElement);
  if (event.key === "Enter" && at === 0) stops[1]?.click();
  if (event.key === "Escape" && query.value) { event.preventDefault(); leave(); query.focus(); }
  if (!step || at < 0 || stops.length < 2) return;
  event.preventDefault();
  stops[Math.min(Math.max(at + step, 0), stops.length - 1)].focus();
});
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.matches("input, textarea")) return;
  event.preventDefault();
  if (!contents.checkVisibility()) contents.showPopover();
  query.focus();
});
