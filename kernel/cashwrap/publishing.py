"""What a till sells and by which rules: catalogs and promotion rules put in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.catalog.errors import NoCatalog
from cashwrap.catalog.events import GroupsArranged, activate
from cashwrap.catalog.snapshot import Snapshot, read_snapshot
from cashwrap.counter import Counter
from cashwrap.errors import BulkRefused, CashwrapError, Issue, listed, whole
from cashwrap.promotions import kept as rules_kept
from cashwrap.promotions.projection import (
    Publication,
    current,
    publication,
    read_plan,
    rules_of,
)
from cashwrap.promotions.rules import RuleSet
from cashwrap.staff.rights import Act

if TYPE_CHECKING:
    from cashwrap.host.ruling import Joined
    from cashwrap.promotions.publish import Overview


class Publishing(Counter):
    """A counter whose goods, prices and rules can be changed."""

    def import_catalog(
        self,
        source: Path | str,
        *,
        update: bool = False,
        effective_at_ms: int = 0,
        progress: Callable[[int, int], None] | None = None,
        staff: str = "",
    ) -> Snapshot:
        """Import a catalog and put it in force, at once or at a time; all of it or nothing.

        ``update`` merges it by SKU onto the one in force. ``progress`` gets (done, total).
        Raises BulkRefused with every problem of the input.
        """
        from cashwrap.catalog.importing import import_catalog

        self._check_open()
        whole(effective_at_ms, "the time from which a catalog counts")
        staged = import_catalog(
            source,
            self.store.read,
            self.store.stage,
            update_of=self.catalog.catalog_version if update else None,
            currency=self.settings.currency,
            tax_codes={code.code for code in self.settings.taxes},
            progress=progress,
        )
        name = Path(source).name
        when = effective_at_ms
        return self.activate_catalog(staged, effective_at_ms=when, source=name, staff=staff)

    def activate_catalog(
        self, snapshot: Snapshot, *, effective_at_ms: int = 0, source: str = "", staff: str = ""
    ) -> Snapshot:
        """Put a catalog in force that was staged beside the till, at once or at a time.

        The step of `import_catalog` that others notice: one small commit. Raises NoCatalog for
        what is not staged here, and BulkRefused for a catalog without items, named by its
        ``source``, where there is something to sell now.
        """
        self._check_open()
        whole(effective_at_ms, "the time from which a catalog counts")
        if not snapshot.counts.items and self._catalog_holds_items():
            empty = "it holds no items: there would be nothing to sell"
            raise BulkRefused([Issue(source or "catalog", "catalog.empty", empty)])
        told = f"{snapshot.content_hash} at {effective_at_ms}"
        self.allow(Act("goods.publish", "catalog", told), staff)
        with self.store.read() as reader:
            if read_snapshot(reader, snapshot.version) != snapshot:
                raise NoCatalog(f"catalog {snapshot.version} is not staged here: import it")
        self.commit([activate(snapshot, effective_at_ms)], staff=staff)
        self._catalog = None
        return snapshot

    def arrange(self, order: Sequence[str], group: str = "", *, staff: str = "") -> None:
        """Set this store's own order of its groups, or of the SKUs in one; headquarters' stays.

        What the order does not name follows in headquarters' order; an empty one goes back to it.
        """
        placed = tuple(listed(order, "an order"))
        self.allow(Act("goods.publish", f"groups {group}", " ".join(map(str, placed))), staff)
        self.commit([GroupsArranged(self.settings.store, placed, group)], staff=staff)

    def publish_rules(
        self, rules: RuleSet | Path | str, *, effective_at_ms: int = 0, staff: str = ""
    ) -> Publication:
        """Put promotion rules in force, at once or at a time; return what was published.

        ``rules`` is a set, or a JSON or TOML file or its text. Sales that are open keep the rules
        under which they began. Raises BulkRefused with everything that is wrong with the rules.
        """
        from cashwrap.promotions.digest import rules_hash
        from cashwrap.promotions.files.read import checked_rules, read_rules

        self._check_open()
        whole(effective_at_ms, "the time from which rules count")
        checked = checked_rules(rules) if isinstance(rules, RuleSet) else read_rules(rules)
        told = f"{rules_hash(checked)} at {effective_at_ms}"
        self.allow(Act("goods.publish", "rules", told), staff)
        whole_set, joined = self._with_plugins(checked)
        return self._publish(whole_set, effective_at_ms, staff, joined)

    def rules(self) -> Overview:
        """Return which rules are in force, which are planned, and which were."""
        from cashwrap.promotions.publish import overview

        with self.store.read() as reader:
            return overview(reader, self.now().wall_ms)

    def rollback_rules(self, *, to: int | None = None, staff: str = "") -> Publication | None:
        """Go back at once to the rules before those in force, or to publication ``to``.

        Returns what is in force then, None where there were no rules before. Plans stay. Raises
        NothingBefore, NoSuchRules.
        """
        from cashwrap.promotions.publish import roll_back

        self._check_open()
        with self.store.read() as reader:
            event = roll_back(reader, self.now().wall_ms, to)
        self.allow(Act("goods.publish", "rules", f"back to {event.number}"), staff)
        self.commit([event], staff=staff)
        self._join_rules()
        return self.rules().in_force

    def cancel_planned_rules(self, number: int, *, staff: str = "") -> None:
        """Call off a publication that has not taken effect yet. Raises NotPlanned."""
        from cashwrap.promotions.publish import call_off

        self._check_open()
        with self.store.read() as reader:
            event = call_off(reader, whole(number, "a publication"), self.now().wall_ms)
        self.allow(Act("goods.publish", "rules", f"call off {number}"), staff)
        self.commit([event], staff=staff)

    # Inside

    def _use_rules(self, rules: RuleSet | Path | str) -> None:
        """Publish promotion rules unless they are the ones in force. Raises BulkRefused."""
        from cashwrap.promotions.digest import rules_hash
        from cashwrap.promotions.files.read import checked_rules, read_rules

        checked = checked_rules(rules) if isinstance(rules, RuleSet) else read_rules(rules)
        in_force = self.rules().in_force
        whole_set, joined = self._with_plugins(checked)
        if in_force is None or in_force.rules_hash != rules_hash(whole_set):
            self._publish(whole_set, 0, "", joined)

    def _with_plugins(self, rules: RuleSet) -> tuple[RuleSet, Joined]:
        """Return a set of the shop's with the rules of plugins in it, and which those are."""
        if self._host is None or self.is_training:
            return rules, ()
        from cashwrap.host import ruling

        by_plugin = ruling.given(self._host, self.settings)
        with self.store.read() as reader:
            now = current(read_plan(reader), self.now().wall_ms)
            there = RuleSet() if now is None else rules_of(reader, now.rules_hash)
        by_plugin |= ruling.staying(self._host, there)
        found = ruling.joined(self._host, ruling.own_of(rules), by_plugin)
        self._host.tell()
        return found

    def _join_rules(self) -> None:
        """Publish the shop's rules anew, in force and planned, where plugins give others now."""
        if self.is_training:
            return
        now_ms, sets = self.now().wall_ms, list[tuple[Publication | None, int]]()
        with self.store.read() as reader:
            plan = read_plan(reader)
            now = current(plan, now_ms)
            sets.append((None if now is None else publication(reader, now.number), 0))
            for later in plan:
                if later.effective_at_ms > now_ms:
                    sets.append((publication(reader, later.number), later.effective_at_ms))
        wants = self._host is not None and self._host.may_want("cashwrap_rules")
        if not wants and not any(row is not None and row.joined for row, _ in sets):
            return
        try:
            self._join_into(sets)
        except CashwrapError as error:  # a full disk, say: the till sells by the rules there are
            told = f"promotions of plugins could not be put in force: {error}"
            self.store.warnings.append(told)

    def _join_into(self, sets: Sequence[tuple[Publication | None, int]]) -> None:
        """Publish these sets anew, each for its moment, where they have other rules of plugins."""
        from cashwrap.host import ruling

        host = self.host
        by_plugin = ruling.given(host, self.settings)
        for row, effective_at_ms in sets:
            if not ruling.are_due(host, () if row is None else row.joined, by_plugin):
                continue
            from cashwrap.promotions.digest import rules_hash

            with self.store.read() as reader:
                there = RuleSet() if row is None else rules_of(reader, row.rules_hash)
            every = by_plugin | ruling.staying(host, there)
            whole_set, joined = ruling.joined(host, ruling.own_of(there), every)
            if row is None or rules_hash(whole_set) != row.rules_hash:
                self._publish(whole_set, effective_at_ms, "", joined)
        host.tell()

    def _publish(
        self, checked: RuleSet, effective_at_ms: int, staff: str, joined: Joined = ()
    ) -> Publication:
        from cashwrap.promotions import publish

        with self.store.read() as reader:
            event = publish.publish(reader, checked, effective_at_ms, joined)
        known = self.rules()
        near = (known.in_force, *known.planned, *known.past[:2])
        loaded = [one.rules_hash for one in near if one is not None]
        rules_kept.keep(self.store.read, self.store.stage, checked, loaded)
        self.commit([event], staff=staff)
        with self.store.read() as reader:
            published = publication(reader, event.number)
        assert published is not None  # it is committed
        return published

    def _catalog_holds_items(self) -> bool:
        try:
            return self.catalog.counts.items > 0
        except NoCatalog:
            return False
