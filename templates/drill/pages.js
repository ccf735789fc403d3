// Keeps a page fresh where a browser runs scripts; everything works without.
// A part in which somebody types, or has typed, is left alone until they are done.
"use strict";

const EVERY = 3000;

const touched = (field) =>
  field.type === "radio" || field.type === "checkbox"
    ? field.checked !== field.defaultChecked
    : field.type !== "hidden" && field.value !== field.defaultValue;

const free = (part) =>
  !part.contains(document.activeElement) &&
  ![...part.querySelectorAll("input, textarea")].some(touched) &&
  !part.querySelector("details[open]");

// Says which part is new, for those who hear the page.
const tell = (part) => {
  const heading = part.closest("section")?.querySelector("h2")?.textContent;
  const news = document.getElementById("news");
  if ("tell" in part.dataset && heading && news) news.textContent = `New: ${heading}`;
};

const look = async () => {
  const lost = document.getElementById("lost");
  try {
    const answer = await fetch(location.pathname, { redirect: "error" });
    if (!answer.ok) throw new Error(answer.statusText);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(part.id);
      if (next && next.innerHTML !== part.innerHTML && free(part)) {
        part.replaceChildren(...next.childNodes);
        tell(part);
      }
    }
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
  setTimeout(look, EVERY);
};

setTimeout(look, EVERY);
