// What plain pages cannot do: opened parts stay open while progress is polled, a form is sent once, and on a
// narrow screen the navigation shows where one is.
const opened = new Set();

document.addEventListener("htmx:beforeSwap", (event) => {
  opened.clear();
  event.detail.target.querySelectorAll("details[id][open]").forEach((part) => opened.add(part.id));
});

document.addEventListener("htmx:afterSwap", () => {
  opened.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
});

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.defaultPrevented) return;
  setTimeout(() => { button.disabled = true; }, 0);
  setTimeout(() => { button.disabled = false; }, 8000);
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll("button[disabled]").forEach((button) => { button.disabled = false; });
});

// By hand: scrollIntoView would make the Tab key start from there, past the link that skips the navigation.
const here = document.querySelector(".side nav [aria-current]");
if (here) {
  const strip = here.closest("nav");
  strip.scrollLeft = here.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
}
