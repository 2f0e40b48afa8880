/** What a page keeps over a reload: where the cashier was, and what was half done. Per window. */

import { useState } from "./ui.js";

const PREFIX = "kept:";

export function keep(name, value) {
  const text = JSON.stringify(value);
  if (sessionStorage.getItem(PREFIX + name) !== text) sessionStorage.setItem(PREFIX + name, text);
}

export function recall(name, otherwise = null) {
  const text = sessionStorage.getItem(PREFIX + name);
  return text === null ? otherwise : JSON.parse(text);
}

/** Forget one thing, or all whose names begin so. */
export function forget(name) {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX + name)) sessionStorage.removeItem(key);
  }
}

/** A value of a sheet or a screen that a reload does not lose; `forget(name)` when it is done. */
export function useKept(name, initial) {
  const [value, show] = useState(() => recall(name, initial));
  const set = (next) => {
    keep(name, next);
    show(next);
  };
  return [value, set];
}

/**
 * Do something that takes several sheets; a reload in the middle begins it again with what was
 * keyed in. `name` is that of a task in tasks.js, `about` what it is given.
 */
export async function asTask(name, about, does) {
  keep("task", { name, about });
  try {
    return await does();
  } finally {
    forget("task");
    forget(`${name}:`);
  }
}
