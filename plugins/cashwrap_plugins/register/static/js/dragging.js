/** A list put in another order by finger, mouse or keyboard; it scrolls along at its ends. */

import { useLayoutEffect, useRef, useState } from "./ui.js";

const LONG_MS = 280; // so long a finger rests on a row before the row follows it
const SLOP_PX = 8; // moved further before that, it scrolls
const EDGE_PX = 56; // so near to an end the list scrolls along
const SPEED_PX = 12;

/** Return a copy of a list with one of it elsewhere. */
export function moved(list, from, to) {
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/**
 * `list` is the ref of an `<ol>`, `count` its length, `move(from, to)` what a step does.
 * Returns which one is held, what its rows listen to, and what their grips listen to.
 */
export function useDragging(list, count, move) {
  const [held, hold] = useState(-1);
  const drag = useRef({}).current;
  drag.move = move;
  drag.held = held;

  const begin = (at) => {
    clearTimeout(drag.timer);
    drag.waits = false;
    drag.at = at;
    hold(at);
    navigator.vibrate?.(10);
    cancelAnimationFrame(drag.frame);
    drag.frame = requestAnimationFrame(function along() {
      follow(list.current, drag, hold);
      drag.frame = requestAnimationFrame(along);
    });
  };
  const end = () => {
    clearTimeout(drag.timer);
    cancelAnimationFrame(drag.frame);
    drag.waits = false;
    drag.at = -1;
    hold(-1);
  };
  useLayoutEffect(() => {
    drag.at = -1;
    const heard = { pointermove: (event) => {
      drag.y = event.clientY;
      if (drag.waits && Math.abs(event.clientY - drag.from) > SLOP_PX) {
        if (event.pointerType === "mouse") begin(drag.row);
        else end(); // the finger scrolls
      }
    }, pointerup: end, pointercancel: () => drag.waits && end() };
    const still = (event) => drag.at >= 0 && event.cancelable && event.preventDefault();
    for (const [name, act] of Object.entries(heard)) document.addEventListener(name, act);
    document.addEventListener("touchmove", still, { passive: false });
    document.addEventListener("touchend", end);
    return () => {
      end();
      for (const [name, act] of Object.entries(heard)) document.removeEventListener(name, act);
      document.removeEventListener("touchmove", still);
      document.removeEventListener("touchend", end);
    };
  }, []);

  useLayoutEffect(() => {
    if (drag.focus === undefined) return;
    list.current?.children[drag.focus]?.querySelector(".grip").focus(); // it may lose it on its way
    drag.focus = undefined;
  });

  const rows = (at) => ({
    onPointerDown: (event) => {
      if (event.button || event.target.closest(".button")) return;
      drag.y = drag.from = event.clientY;
      if (event.target.closest(".grip")) return begin(at);
      drag.row = at;
      drag.waits = true;
      if (event.pointerType !== "mouse") drag.timer = setTimeout(() => begin(at), LONG_MS);
    },
    onContextMenu: (event) => event.preventDefault(),
  });
  return { held, rows, grips: (at) => keysOf(at, count, drag, hold) };
}

/** Space takes the row up and puts it down, arrows move it; the focus goes with it. */
function keysOf(at, count, drag, hold) {
  return {
    "aria-pressed": drag.held === at,
    onKeyDown: (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      const to = event.key === "Escape" ? drag.taken : at + by;
      if (event.key === " " || event.key === "Enter") {
        hold(drag.held === at ? -1 : at);
        drag.taken = at;
      } else if (drag.held !== at || !(to >= 0 && to < count)) return;
      else {
        if (to !== at) drag.move(at, to);
        hold(by ? to : -1);
        drag.focus = to;
      }
      event.preventDefault();
      event.stopPropagation();
    },
  };
}

/** Step to the row below the pointer, and scroll where the pointer is at an end. */
function follow(list, drag, hold) {
  if (!list || drag.at < 0) return;
  const view = list.closest(".sheet-body") || list;
  const seen = view.getBoundingClientRect();
  if (drag.y < seen.top + EDGE_PX) view.scrollTop -= SPEED_PX;
  else if (drag.y > seen.bottom - EDGE_PX) view.scrollTop += SPEED_PX;
  const boxes = [...list.children].map((row) => row.getBoundingClientRect());
  const to = boxes.findIndex((box) => drag.y < box.bottom);
  const over = to < 0 ? boxes.length - 1 : to;
  if (over === drag.at) return;
  drag.move(drag.at, over);
  drag.at = over;
  hold(over);
}
