/** A page of its own at /plugins/stamp_card/: every card, fullest first. */

const answer = await fetch("/api/v1/plugins/stamp_card/cards", { credentials: "same-origin" });
const given = await answer.json();
document.getElementById("told").textContent = answer.ok ? `${given.length} cards` : given.detail;

for (const card of answer.ok ? given : []) {
  const row = document.createElement("tr");
  for (const text of [card.member, `${card.stamps} / ${card.full}`]) {
    row.insertCell().textContent = text;
  }
  document.getElementById("cards").append(row);
}
