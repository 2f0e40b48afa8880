/**
 * Commands without an answer: kept until the till has said what became of them, over a restart of
 * the till, a new sign-in, or a reload of the page. The same key again is done once, so nothing is
 * sold or paid twice.
 */

import { NoAnswer, once } from "./api.js";
import { forget, keep, recall } from "./kept.js";
import { state, update } from "./store.js";

const KEPT_MS_MAX = 10 * 60_000;
const ASK_MS = 700;
const OWN = /^\/(session|approvals|panels|plugins|returns)|\/quote$/; // asked again by whoever asked

let commands = recall("commands", []);
let signedIn = [];

/** Keep a command before it is sent; what a session itself needs is not kept. */
export function sent(command) {
  if (OWN.test(command.path) || !state.session) return;
  const { staff } = state.session;
  const training = !!state.shop?.training;
  commands.push({ ...command, staff, register: state.register, training, at: Date.now() });
  keep("commands", commands);
}

export function answered(command) {
  const left = commands.filter((one) => one.key !== command.key);
  if (left.length === commands.length) return;
  commands = left;
  keep("commands", commands);
}

/** Wait with a command that has no answer until it can be sent again. Raises what became of it. */
export async function patience(error, command) {
  const kept = commands.find((one) => one.key === command.key);
  if (!kept || (error.status !== 0 && error.status !== 401)) throw error;
  for (;;) {
    if (error.status === 401) await again(kept);
    else await back();
    try {
      const answer = await once(command.method, command.path, command.body, command.key);
      update({ stalled: false });
      return answer;
    } catch (next) {
      if (next.status !== 0 && next.status !== 401) {
        update({ stalled: false });
        throw next;
      }
      error = next;
    }
  }
}

/** Until the till answers anything at all. */
async function back() {
  update({ stalled: true });
  for (;;) {
    await new Promise((done) => setTimeout(done, ASK_MS));
    try {
      await once("GET", "/session");
      return;
    } catch (error) {
      if (error.status !== 0) return;
    }
  }
}

/** Until somebody has signed in; only the same person goes on with what they asked. */
async function again(kept) {
  update({ stalled: false, session: null, phase: "sign_in" });
  const session = await new Promise((done) => signedIn.push(done));
  const same = session.staff === kept.staff && session.register === kept.register;
  if (!same || !!session.training !== kept.training) throw new NoAnswer();
}

/** Say who signed in to the commands that wait for it. */
export function signedInAs(session) {
  const waiting = signedIn;
  signedIn = [];
  for (const done of waiting) done(session);
  return waiting.length > 0;
}

/** After a reload: send again what had no answer, and return the last answer, or null. */
export async function replay(session) {
  let last = null;
  for (const one of [...commands]) {
    const ours = one.staff === session.staff && one.register === state.register &&
      one.training === !!session.training && Date.now() - one.at < KEPT_MS_MAX;
    try {
      if (ours) last = await once(one.method, one.path, one.body, one.key);
    } catch (error) {
      if (error.status === 0) throw error;
      last = error;
    }
    answered(one);
  }
  forget("commands");
  return last;
}
