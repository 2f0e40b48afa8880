// Finds routes and shapes as somebody types: every word must be somewhere in them.
const field = document.querySelector("input");
const nothing = document.querySelector(".none");
const cards = [...document.querySelectorAll("details")].map((card) => ({
  card,
  text: (card.dataset.find || card.textContent).toLowerCase(),
}));

function find() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const { card, text } of cards) card.hidden = !words.every((word) => text.includes(word));
  for (const part of document.querySelectorAll("section")) {
    const shown = part.querySelectorAll("details:not([hidden])").length;
    part.hidden = words.length > 0 && shown === 0;
    const count = document.querySelector(`nav a[href="#${CSS.escape(part.id)}"] span`);
    if (count) count.textContent = shown;
  }
  nothing.style.display = cards.some(({ card }) => !card.hidden) ? "none" : "block";
}

function open() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) {
    if (named.hidden) {
      field.value = "";
      find();
    }
    named.open = true;
    named.scrollIntoView();
  }
}

field.addEventListener("input", find);
addEventListener("hashchange", open);
addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== field) {
    event.preventDefault();
    field.focus();
  } else if (event.key === "Escape" && document.activeElement === field) {
    field.value = "";
    find();
  }
});
open();
