"""What a program asks of a sale's promotions, and what it may tell them."""

from collections.abc import Sequence

from cashwrap.errors import InvalidInput, listed
from cashwrap.promotions.model import GiftOffer, HeldCoupon, Hint, Left, PriceProof
from cashwrap.promotions.rules import Rule
from cashwrap.sale import edits, goods
from cashwrap.sale.coupons import used_codes
from cashwrap.sale.editing import EditedSale
from cashwrap.sale.errors import (
    CouponRefused,
    NoSuchRule,
    PriceChanged,
    TenderDiffers,
)
from cashwrap.sale.promoting import Promoting
from cashwrap.tender.pan import words

POINTS_MAX = 2**53


class PromotedSale(EditedSale):
    """A sale whose promotions are always in its totals; there is nothing to apply."""

    # What they gave, and could give

    def proof(self) -> PriceProof | None:
        """Return which rules applied, which did not and why; None where no rules are in force."""
        return self._cart.priced().proof

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return the promotions that this sale is priced by, applied or not."""
        promoting = self._cart.promoting
        return () if promoting is None else promoting.rules.engine.rules.rules

    def hints(self) -> tuple[Hint, ...]:
        """Return what the customer could add to pay less for it, the best first (凑单)."""
        promoting = self._cart.promoting
        if promoting is None:
            return ()
        from cashwrap.promotions.explain import hints

        return hints.hints(promoting.basket)

    def offers(self) -> tuple[GiftOffer, ...]:
        """Return the gifts and add-ons that the customer may still take."""
        proof = self.proof()
        return () if proof is None else proof.offers

    # What is known of the customer

    def set_customer(
        self,
        customer: str = "",
        *,
        member: str = "",
        tier: str = "",
        groups: Sequence[str] = (),
        facts: Sequence[str] = (),
        points: int = 0,
        staff: str = "",
        command: str = "",
    ) -> None:
        """Say who buys; all of it at once, what is left out is unknown.

        ``customer`` is the price group, whose books then count. Promotions may ask for the
        ``member``'s id, ``tier``, ``groups`` and ``facts`` (new, birthday, ...), and let them spend
        ``points`` of their balance. Lines whose price changes are priced again.
        """
        if self._ready(command, edits.CustomerSet):
            at = self._desk.now().wall_ms
            customer, member = words(customer, "a customer"), words(member, "a member")
            _whole_points(points, 0)
            self._make(
                edits.CustomerSet(
                    customer=customer,
                    goods=goods.repriced(self._desk, self._cart, customer, at),
                    member=member,
                    tier=words(tier, "a tier"),
                    groups=_names(groups, "a group"),
                    facts=_names(facts, "a fact"),
                    points=points,
                    left=self._limits_left(member),
                    **self._stamp(staff, command),
                )
            )

    # What the customer wants

    def add_coupon(
        self,
        code: str,
        *,
        rule: str = "",
        expires_ms: int = 0,
        staff: str = "",
        command: str = "",
    ) -> HeldCoupon:
        """Show a coupon to the till; whether it is used, the best price decides.

        A code that this till issued, or that is the id of a rule, needs nothing else. A coupon of
        an issuer of your own comes with its ``rule`` and end. Raises CouponRefused with the reason.
        """
        if (done := self._answered(command, edits.CouponAdded)) is not None:
            assert isinstance(done, edits.CouponAdded)
            return done.coupon
        self.check("edit")
        coupon = self._coupon(words(code, "a coupon").strip(), words(rule, "a rule"), expires_ms)
        self._make(edits.CouponAdded(coupon=coupon, **self._stamp(staff, command)))
        return coupon

    def remove_coupon(self, code: str, *, staff: str = "", command: str = "") -> None:
        """Give a coupon back unused. Raises CouponRefused where it is not on the sale."""
        if self._ready(command, edits.CouponRemoved):
            code = words(code, "a coupon").strip()
            if code not in self._cart.header.coupons:
                raise CouponRefused(code, "is not on this sale")
            self._make(edits.CouponRemoved(code=code, **self._stamp(staff, command)))

    def choose(self, rule: str, *, staff: str = "", command: str = "") -> None:
        """Let a promotion count that waits to be chosen, or one that was refused before."""
        self._tick(rule, "chosen", staff, command)

    def refuse(self, rule: str, *, staff: str = "", command: str = "") -> None:
        """Leave a promotion out of this sale. Raises NoSuchRule."""
        self._tick(rule, "refused", staff, command)

    def use_points(self, points: int = -1, *, staff: str = "", command: str = "") -> None:
        """Spend up to so many of the member's points, -1 for all of them, 0 for none."""
        if self._ready(command, edits.PointsWanted):
            _whole_points(points, -1)
            self._make(edits.PointsWanted(points=points, **self._stamp(staff, command)))

    def choose_tender(self, *kinds: str, staff: str = "", command: str = "") -> None:
        """Say how the customer is going to pay, so that promotions for it count; none: unsaid."""
        if self._ready(command, edits.TenderChosen):
            tenders = _names(kinds, "a tender")
            self._make(edits.TenderChosen(tenders=tenders, **self._stamp(staff, command)))

    # When it is paid

    def ready_for(self, *tenders: str) -> None:
        """See that the price still holds when it is paid by a tender that goes by these names.

        Raises TenderDiffers where a promotion was given for another tender, and PriceChanged, with
        the sale priced anew, where the limit of one, or a coupon, was used up meanwhile by other
        sales, or the goods that a coupon was issued for came back.
        """
        promoting = self._cart.promoting
        if promoting is None:
            return
        self._refuse_other_tender(promoting, tenders)
        if self.state != "open":
            return
        before = self._cart.totals.payable_minor
        left = self._limits_left(self._cart.header.member)
        if left != self._cart.header.left:
            self._make(edits.LimitsRead(left=left, **self._stamp("", "")))
        for code in tuple(self._cart.header.coupons):
            known = self._desk.known_coupon(code)
            if known is not None and (known.used_by or known.voided_by):
                self._make(edits.CouponRemoved(code=code, **self._stamp("", "")))
        if self._cart.totals.payable_minor != before:
            raise PriceChanged(before, self._cart.totals.payable_minor)

    # Inside

    def _refuse_other_tender(self, promoting: Promoting, tenders: tuple[str, ...]) -> None:
        chosen = self._cart.header.tenders
        if not chosen or not tenders or not set(chosen).isdisjoint(tenders):
            return
        for rule, _, _ in promoting.solution.cells:
            if promoting.rules.named(rule).scope.tenders:
                raise TenderDiffers(rule, tenders[0], chosen)

    def _limits_left(self, member: str) -> tuple[tuple[str, Left], ...]:
        promoting = self._cart.promoting
        limited = () if promoting is None else promoting.rules.limited
        return self._desk.limits_left(limited, member) if limited else ()

    def _tick(self, rule: str, choice: edits.RuleChoice, staff: str, command: str) -> None:
        if self._ready(command, edits.RuleTicked):
            self._known_rule(rule)
            self._make(edits.RuleTicked(rule=rule, choice=choice, **self._stamp(staff, command)))

    def _known_rule(self, rule: str) -> Rule:
        promoting = self._cart.promoting
        found = None if promoting is None else promoting.rules.find(rule)
        if found is None:
            raise NoSuchRule(rule)
        return found

    def _coupon(self, code: str, rule: str, expires_ms: int) -> HeldCoupon:
        """Return the coupon of a code. Raises CouponRefused."""
        known = self._desk.known_coupon(code)
        if known is not None and known.used_by:
            raise CouponRefused(code, "was used before")
        if known is not None and known.voided_by:
            raise CouponRefused(code, "is void: the goods that it was given for came back")
        coupon = known.coupon if known is not None else HeldCoupon(rule or code, code, expires_ms)
        self._refuse_coupon(coupon, code)
        return coupon

    def _refuse_coupon(self, coupon: HeldCoupon, code: str) -> None:
        try:
            wants = self._known_rule(coupon.rule).coupon
        except NoSuchRule:
            raise CouponRefused(code, "is of no promotion that counts here now") from None
        if wants is None:
            raise CouponRefused(code, f"is for promotion {coupon.rule}, which takes no coupons")
        if coupon.expires_ms and coupon.expires_ms <= self._desk.now().wall_ms:
            raise CouponRefused(code, "has expired")
        if code in self._cart.header.coupons:
            raise CouponRefused(code, "is on this sale already")
        if code != coupon.rule and self._desk.coupon_on_open_sale(code):
            raise CouponRefused(code, "is on another open sale")

    @property
    def coupons_used(self) -> tuple[str, ...]:
        """Return the codes of the coupons that the sale would use up as it stands."""
        proof = self.proof()
        return () if proof is None else used_codes(proof)


def _names(given: Sequence[str], what: str) -> tuple[str, ...]:
    return tuple(words(each, what) for each in listed(given, f"{what}s"))


def _whole_points(points: int, least: int) -> None:
    if type(points) is not int or not least <= points <= POINTS_MAX:
        raise InvalidInput(f"{points!r} is no number of points: give a whole number from {least}")
