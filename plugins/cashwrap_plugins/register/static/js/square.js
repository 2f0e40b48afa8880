/** Square codes, drawn as one path: sharp at any size, and on paper. */

import { encode } from "../vendor/uqr.js";
import { get } from "./api.js";
import { html, useEffect, useState } from "./ui.js";

export function Square({ code, label, kind = "" }) {
  const { size, data } = encode(code, { border: 2 });
  const dots = data.flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : "")));
  return html`<figure class="square ${kind}"><svg viewBox=${`0 0 ${size} ${size}`} role="img"
      aria-label=${label} data-code=${code}><path d=${dots.join("")} /></svg>
    <figcaption>${label}</figcaption></figure>`;
}

/** The signed link of the receipt without paper, "" where the shop has no page for it. */
export function useLink(number) {
  const [link, show] = useState("");
  useEffect(() => {
    if (number) get(`/receipts/${number}/link`).then((found) => show(found.link), () => {});
  }, [number]);
  return link;
}
