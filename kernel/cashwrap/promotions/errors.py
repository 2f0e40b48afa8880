"""What the rules of a shop refuse."""

from cashwrap.errors import CashwrapError


class RulesError(CashwrapError):
    """Promotion rules cannot be read, switched or found."""

    code = "rules.error"


class NoSuchRules(RulesError, LookupError):
    """No rule set of this hash or number was ever published on this till."""

    code = "rules.unknown"


class RulesTooNew(RulesError):
    """A published rule set says more than this build knows; install the newer cashwrap."""

    code = "rules.too_new"


class NothingBefore(RulesError):
    """There is no earlier rule set to go back to."""

    code = "rules.nothing_before"


class NotPlanned(RulesError):
    """The publication has taken effect already, or was called off."""

    code = "rules.not_planned"


class PromotionError(CashwrapError):
    """Promotions of a sale refuse an act."""

    code = "promotions.error"
