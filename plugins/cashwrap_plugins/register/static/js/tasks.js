/** What takes several sheets and can be taken up again after a reload of the page, by name. */

import { recall } from "./kept.js";

const tasks = new Map();

/** Let a reload go on with a task: `does(about)` opens it again. */
export const task = (name, does) => tasks.set(name, does);

export function takeUp() {
  const left = recall("task");
  if (left) tasks.get(left.name)?.(left.about);
}
