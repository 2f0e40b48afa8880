/** A scanner that types like a keyboard: anywhere on the page, told from a person by its speed. */

const GAP_MS = 45; // between two characters of one code
const LENGTH_MIN = 3;

/** Call `scanned(code)` for each code; what it typed into a field is taken out again. */
export function listen(scanned) {
  let code = "";
  let last = 0;
  let field = null;
  let before = "";
  const start = (event) => {
    const [target] = event.composedPath(); // also inside the panel of a plugin
    field = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ? target : null;
    before = field ? field.value : "";
    code = "";
  };
  const heard = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const quick = event.timeStamp - last < GAP_MS;
    if (event.key === "Enter" || event.key === "Tab") {
      if (quick && code.length >= LENGTH_MIN) {
        event.preventDefault();
        event.stopImmediatePropagation();
        if (field) restore(field, before);
        document.dispatchEvent(new CustomEvent("scanned")); // pads forget what they heard of it
        scanned(code);
      }
      code = "";
      return;
    }
    if (event.key.length !== 1) return;
    if (!quick) start(event);
    last = event.timeStamp;
    code += event.key;
  };
  document.addEventListener("keydown", heard, true);
  return () => document.removeEventListener("keydown", heard, true);
}

function restore(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
