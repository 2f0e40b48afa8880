/** A day of business in the register's language: stepped through, chosen in its month, or typed. */

import { ask, state } from "./store.js";
import { Button, Field, html, Sheet, useLayoutEffect, useRef, useState } from "./ui.js";
import { dayOf, monthOf, t, weekdays } from "./words.js";

const DAY_MS = 86_400_000;
const moment = (day) => new Date(Date.UTC(Math.floor(day / 10_000), (Math.floor(day / 100) % 100) - 1, day % 100));
const dayAt = (date) => date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
const later = (day, days) => dayAt(new Date(moment(day).getTime() + days * DAY_MS));

/** The same day of another month, or that month's last day where it has none. */
function monthLater(day, months) {
  const at = moment(day);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months + 1, 0));
  return dayAt(last) - last.getUTCDate() + Math.min(at.getUTCDate(), last.getUTCDate());
}
const written = (day) => `${day}`.replace(/(\d{4})(\d\d)(\d\d)/, "$1-$2-$3");

/** The day that somebody typed (2026-11-22, 2026/1/5 or 20261122), or 0 where no calendar has it. */
export function parseDay(text) {
  const [, year, month, day] = /^\s*(\d{4})\D?(\d{1,2})\D?(\d{1,2})\s*$/.exec(text) || [];
  const found = year ? +year * 10_000 + +month * 100 + +day : 0;
  return found && dayAt(moment(found)) === found ? found : 0;
}

/** `day` is yyyymmdd, or 0 for every day, which only `every` lets one choose. */
export function DayField({ day, choose, every = false }) {
  const latest = state.shop.day;
  const open = async () => {
    const chosen = await ask("day", { day: day || latest, latest, every });
    if (chosen !== undefined) choose(chosen);
  };
  return html`<div class="day-field" role="group" aria-label=${t("day")}>
    ${day > 0 && html`<${Button} icon="back" aria-label=${t("day.before")}
      onClick=${() => choose(later(day, -1))} />`}
    <${Button} icon="calendar" onClick=${open}>${day ? dayOf(day) : t("day.every")}<//>
    ${day > 0 && html`<${Button} icon="forward" aria-label=${t("day.after")} disabled=${day >= latest}
      onClick=${() => choose(later(day, 1))} />`}</div>`;
}

export function DaySheet({ day, latest, every, close }) {
  const [at, look] = useState(Math.min(day, latest));
  const [text, type] = useState(written(at));
  const typed = parseDay(text);
  const good = typed && typed <= latest;
  const input = (given) => {
    type(given);
    const found = parseDay(given);
    if (found && found <= latest) look(found);
  };
  const turn = (months) => look(Math.min(monthLater(at, months), latest));
  return html`<${Sheet} title=${t("day.choose")} close=${() => close()} size="narrow" foot=${html`
    ${every && html`<${Button} onClick=${() => close(0)}>${t("day.every")}<//>`}
    <${Button} onClick=${() => close(latest)}>${t("day.today")}<//>
    <${Button} kind="primary" disabled=${!good} onClick=${() => close(typed)}>${t("confirm")}<//>`}>
    <form onSubmit=${(event) => (event.preventDefault(), good && close(typed))}>
      <${Field} label=${t("day.typed")} value=${text} input=${input} inputmode="numeric" first
        placeholder=${written(latest)} aria-invalid=${good ? undefined : true} onFocus=${({ target }) => target.select()} />
      <p class="fine" role="status">${good ? dayOf(typed) : t("day.wrong", { like: written(latest) })}</p>
    </form>
    <div class="month-head"><${Button} icon="back" aria-label=${t("day.month_before")}
        onClick=${() => turn(-1)} /><strong>${monthOf(at)}</strong>
      <${Button} icon="forward" aria-label=${t("day.month_after")} disabled=${later(lastOf(at), 1) > latest}
        onClick=${() => turn(1)} /></div>
    <${Month} at=${at} chosen=${day} latest=${latest} look=${(found) => (look(found), type(written(found)))}
      close=${close} /><//>`;
}

const lastOf = (day) => later(monthLater(day - (day % 100) + 1, 1), -1);
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** One month, Monday first; arrows go from day to day, Page Up and Down from month to month. */
function Month({ at, chosen, latest, look, close }) {
  const self = useRef();
  const moved = useRef(false);
  useLayoutEffect(() => {
    if (moved.current) self.current.querySelector('[tabindex="0"]')?.focus();
    moved.current = false;
  }, [at]);
  const first = at - (at % 100) + 1;
  const blank = (moment(first).getUTCDay() + 6) % 7;
  const days = Array.from({ length: lastOf(at) % 100 }, (_, ahead) => first + ahead);
  const keys = (event) => {
    const months = { PageUp: -1, PageDown: 1 }[event.key];
    const next = months ? monthLater(at, months) : event.key in STEPS ? later(at, STEPS[event.key]) : 0;
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    moved.current = next <= latest;
    if (next <= latest) look(next);
  };
  return html`<div class="month" ref=${self} role="group" aria-label=${monthOf(at)} onKeyDown=${keys}>
    ${weekdays().map((name) => html`<span aria-hidden="true">${name}</span>`)}
    ${days.map((day, ahead) => html`<button type="button" key=${day} disabled=${day > latest}
      style=${ahead ? "" : `grid-column: ${blank + 1}`} tabindex=${day === at ? 0 : -1}
      aria-label=${dayOf(day)} aria-pressed=${day === chosen} onClick=${() => close(day)}>${day % 100}
      </button>`)}</div>`;
}
