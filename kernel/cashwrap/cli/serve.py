"""``cashwrap serve``: one till for pages and programs on this machine."""

import argparse
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError, folder, folder_of
from cashwrap.cli.output import Output
from cashwrap.errors import CashwrapError

if TYPE_CHECKING:
    from cashwrap.api.places import Where
    from cashwrap.till import Till

ABOUT = """\
Serve the till: the local API (HTTP and WebSocket, its OpenAPI page at /api/v1/schema) and, when it
is installed, the register's page. Only this machine reaches it, and only with the key that stands
in the folder (api.key, readable by its owner alone). With --lan other devices of the shop reach it
too, by TLS, each with a key of its own (`cashwrap pair`). Ctrl-C closes the till in order."""

NEXT = """\
example:
  cashwrap serve -f corner-shop                     the address is printed
  cashwrap serve -f corner-shop --socket till.sock  for programs of this machine alone
  cashwrap serve -f corner-shop --lan               tablets and phones, with its own certificate
  cashwrap serve -f corner-shop --host 0.0.0.0 --certificate till.crt --private-key till.key

next: open the address; docs/serve.md has the API, a systemd unit and kiosk notes."""


class ApiMissing(CashwrapError):
    """The packages that the API needs are not installed."""

    code = "api.missing"

    def __str__(self) -> str:
        return "serving needs more packages: pip install 'cashwrap[api]'"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)
    parser.add_argument("--port", type=int, default=8620, help="default: 8620")
    parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1; others need TLS")
    parser.add_argument("--socket", default="", metavar="FILE", help="a Unix socket, no port")
    parser.add_argument(
        "--lan", action="store_true", help="other devices of the shop too, by TLS, once paired"
    )
    parser.add_argument("--lan-port", type=int, default=0, help="default: the port after --port")
    parser.add_argument("--name", action="append", default=[], help="a further name of this host")
    parser.add_argument("--certificate", default="", metavar="FILE", help="for TLS: PEM")
    parser.add_argument("--private-key", default="", metavar="FILE", help="for TLS: PEM")
    parser.add_argument(
        "--demo-drivers", action="store_true", help="make-believe payment providers and a scale"
    )


def run(args: argparse.Namespace, out: Output) -> int:
    """Do it."""
    try:
        from cashwrap.api.server import serve
    except ModuleNotFoundError as error:
        if error.name in ("litestar", "uvicorn"):
            raise ApiMissing from None
        raise
    from cashwrap.api.device import device_key
    from cashwrap.host.serving import offered

    path, where = folder_of(args), _where(args)
    before = _fingerprint(path, where)

    def told(till: "Till") -> None:
        address = where.address(device_key(path))
        out.say(f"{till.settings.shop_name or 'The till'} is served at\n  {address}")
        if args.demo_drivers:
            _tell_pins(till, out)
        if lan := where.lan_origin:
            out.say(f"Other devices: {lan}/pair, with a code of `cashwrap pair`.")
            out.say(f"Its certificate has the fingerprint (SHA-256)\n  {_fingerprint(path, where)}")
            tell_certificate(path, where, before, out)
        out.say("Ctrl-C closes it.")
        out.result(
            address=address,
            lan=where.lan_origin,
            fingerprint=_fingerprint(path, where),
            renewed=before not in ("", _fingerprint(path, where)),
            page=offered(till.host).front is not None,
        )
        sys.stdout.flush()

    serve(lambda: _opened(path, demo=args.demo_drivers), path, where, told)
    return exits.OK


def _where(args: argparse.Namespace) -> "Where":
    """Return where the till is to be served. Raises UsageError."""
    from cashwrap.api.places import Where

    for port in (args.port, args.lan_port or args.port + int(args.lan)):
        if not 0 < port < 65_536:
            raise UsageError(f"{port} is no port: give 1 to 65535")
    return Where(
        host=args.host,
        port=args.port,
        socket=args.socket,
        certificate=args.certificate,
        private_key=args.private_key,
        names=tuple(args.name),
        lan=args.lan,
        lan_port=args.lan_port,
    )


def _fingerprint(folder: Path, where: "Where") -> str:
    """Return what other devices compare, "" where none reach the till or there is nothing yet."""
    from cashwrap.api.certificate import CertificateRefused, fingerprint

    with suppress(CertificateRefused):
        return fingerprint(_certificate(folder, where)) if where.lan_origin else ""
    return ""


def _certificate(folder: Path, where: "Where") -> Path:
    from cashwrap.api.certificate import FILE_NAME

    return Path(where.certificate or folder / FILE_NAME)


def tell_certificate(folder: Path, where: "Where", before: str, out: Output) -> None:
    """Say that devices will warn once more, or when somebody has to renew a certificate."""
    from cashwrap.api.certificate import RENEW_DAYS, days_left, utc_now

    if before not in ("", _fingerprint(folder, where)):
        out.say(
            "  It is new: devices stay paired, their browsers warn once more; compare it again."
        )
    left = days_left(_certificate(folder, where), utc_now())
    if left < RENEW_DAYS:
        when = f"ends in {left} days" if left >= 0 else "has ended: devices refuse it"
        out.warn(f"{where.certificate} {when}; put a new one there, it is used within ten minutes")


def _tell_pins(till: "Till", out: Output) -> None:
    """Say how to sign in at the demo shop; any other shop's PINs nobody knows."""
    from cashwrap.demo.people import PINS

    known = {one.code for one in till.staff.people()} if till.guarded else set()
    for name in [name for name in PINS if name in known]:
        out.say(f"  PIN of {name}: {PINS[name]}")


def _opened(path: Path, *, demo: bool) -> "Till":
    from cashwrap.till import Till

    if not demo:
        return Till.open(path)
    from cashwrap.demo.scale import DemoScale
    from cashwrap.demo.shop import terminals

    till = Till.open(path, drivers=terminals(), witness=[])
    till.scales = till.scales or {"counter": DemoScale()}
    return till
