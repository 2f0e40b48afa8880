"""TLS of a served till: with the certificate that is given, or one of its own, kept good."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from cashwrap.api.certificate import context, fingerprint, load, own_certificate, utc_now
from cashwrap.api.pair_routes import Reach
from cashwrap.api.places import Where
from cashwrap.errors import CashwrapError

LOOK_SECONDS = 600


class Tls:
    """The certificate that is used, and where other devices find the till by it."""

    def __init__(self, folder: Path, where: Where) -> None:
        self._folder = folder
        self._where = where
        self._certificate = self._wanted()
        self._stamp = self._changed()
        self.context = context(str(self._certificate), where.private_key)
        self.reach = Reach(where.lan_origin, fingerprint(self._certificate))

    async def keep_good(self) -> None:
        """Renew the till's own certificate in time; take over one that was renewed beside it."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with suppress(CashwrapError, OSError):
                self.look()

    def look(self) -> None:
        """Use another certificate from now on where there is one, or has to be."""
        self._wanted()
        stamp = self._changed()
        if stamp != self._stamp:
            load(self.context, str(self._certificate), self._where.private_key)
            self._stamp = stamp
            self.reach.fingerprint = fingerprint(self._certificate)
        self.reach.address = self._where.lan_origin

    def _wanted(self) -> Path:
        if self._where.has_certificate:
            return Path(self._where.certificate)
        names = ["localhost", "127.0.0.1", *self._where.lan_names]
        return own_certificate(self._folder, names, utc_now())

    def _changed(self) -> tuple[int, int]:
        found = self._certificate.stat()
        return found.st_mtime_ns, found.st_ino
