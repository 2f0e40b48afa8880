"""WeChat Pay as tests have it: a real HTTP server on the loopback that keeps orders.

It checks each request's RSA signature with the merchant's public key and signs its answers. The
next answers can be lost, late, refused, unsigned, or signed wrongly.
"""

import base64
import hashlib
import json
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from builders.wechat_bill import bill_text
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

MERCHANT, APP = "1900000109", "wxd678efh567hg6787"
SERIAL, KEY_ID = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", "PUB_KEY_ID_0119000001092024"
AUTH = re.compile(
    r'WECHATPAY2-SHA256-RSA2048 (?=.*mchid="(?P<mchid>\d+)")(?=.*nonce_str="(?P<nonce>\w+)")'
    r'(?=.*timestamp="(?P<at>\d+)")(?=.*serial_no="(?P<serial>\w+)")'
    r'(?=.*signature="(?P<signature>[^"]+)")'
)
ORDER = re.compile(r"/v3/pay/transactions/out-trade-no/([\w-]+)(/reverse)?")


@cache
def rsa_key(name):
    """Return a key by what it is for; keys take long to make."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


@dataclass
class Back:
    id: str
    amount: int
    status: str = "SUCCESS"


@dataclass
class Order:
    no: str
    total: int
    state: str
    provider_id: str
    refunds: dict = field(default_factory=dict)

    @property
    def taken(self):
        given = sum(back.amount for back in self.refunds.values())
        return self.total - given if self.state in ("SUCCESS", "REFUND") else 0


class WeChatGateway:
    """The provider. ``plan`` is what becomes of the next payments, ``faults`` of next answers."""

    def __init__(self):
        self.orders = {}
        self.plan = deque()  # "pay", "password", "bank_says_no", or an error code
        self.faults = deque()  # "", "lose", "lost_request", "slow", "500", "unsigned", ...
        self.asked = []
        self.codes_used = set()
        self.refund_status = "SUCCESS"
        self.bill_hash = ""
        self.connections = 0
        self.clock_s = lambda: int(time.time())
        self._lock = threading.RLock()
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self):
                gateway.connections += 1
                super().setup()

            def do_GET(self):
                gateway._serve(self, b"")

            def do_POST(self):
                gateway._serve(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def taken(self, no):
        """Return what the customer has really paid for an order."""
        return self.orders[no].taken if no in self.orders else 0

    def pay(self, no):
        """The customer types the password."""
        self.orders[no].state = "SUCCESS"

    # Inside

    def _serve(self, request, body):
        fault = self.faults.popleft() if self.faults else ""
        self.asked.append((request.command, urlsplit(request.path).path, body))
        if fault == "lost_request":
            request.close_connection = True
            return
        if fault == "500":
            return self._answer(request, 500, {"code": "SYSTEM_ERROR", "message": "busy"}, fault)
        problem = self._unsigned(request, body)
        if problem:
            said = {"code": "SIGN_ERROR", "message": problem}
            return self._answer(request, 401, said, "unsigned")
        with self._lock:
            status, said = self._done(request.command, request.path, body)
        if fault == "lose":
            request.close_connection = True
            return
        if fault.startswith("slow"):
            time.sleep(float(fault.partition(":")[2]))
        self._answer(request, status, said, fault)

    def _answer(self, request, status, said, fault):
        data = said if isinstance(said, bytes) else json.dumps(said).encode()
        if fault == "rubbish":
            data = b"<html>no json</html>"
        stamp, nonce = str(self.clock_s() - (301 if fault == "old" else 0)), "n" * 32
        key = rsa_key("other" if fault == "wrong_key" else "platform")
        signed = f"{stamp}\n{nonce}\n".encode() + data + b"\n"
        if fault == "wrong_signature":
            signed += b" "
        signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        request.send_response(status)
        request.send_header("Content-Length", str(len(data)))
        request.send_header("Content-Type", "application/json")
        if fault != "unsigned" and not isinstance(said, bytes):
            request.send_header("Wechatpay-Timestamp", stamp)
            request.send_header("Wechatpay-Nonce", nonce)
            request.send_header("Wechatpay-Serial", "PUB_KEY_ID_1" if fault == "serial" else KEY_ID)
            request.send_header("Wechatpay-Signature", base64.b64encode(signature).decode())
            request.send_header("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048")
        request.end_headers()
        request.wfile.write(data)

    def _unsigned(self, request, body):
        """Return what is wrong with a request's signature, "" for nothing."""
        found = AUTH.match(request.headers.get("Authorization", ""))
        if found is None:
            return "no authorization"
        if (found["mchid"], found["serial"]) != (MERCHANT, SERIAL):
            return "unknown merchant"
        if abs(self.clock_s() - int(found["at"])) > 300:
            return "too old"
        lines = (request.command, request.path, found["at"], found["nonce"], body.decode())
        text = "".join(f"{line}\n" for line in lines).encode()
        try:
            rsa_key("merchant").public_key().verify(
                base64.b64decode(found["signature"]), text, padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            return "wrong signature"
        return ""

    def _done(self, method, target, body):
        parts = urlsplit(target)
        said = json.loads(body) if body else {}
        query = {key: value[0] for key, value in parse_qs(parts.query).items()}
        if (method, parts.path) == ("POST", "/v3/pay/transactions/codepay"):
            return self._pay(said)
        if found := ORDER.fullmatch(parts.path):
            order = self.orders.get(found[1])
            owner = said if method == "POST" else query
            if owner.get("mchid") != MERCHANT or (method == "POST") != bool(found[2]):
                return 400, {"code": "PARAM_ERROR"}
            if order is None:
                return 404, {"code": "ORDER_NOT_EXIST"}
            return self._reverse(order) if found[2] else (200, self._order(order))
        if parts.path.startswith("/v3/refund/domestic/refunds"):
            return self._refund(method, parts.path, said)
        if parts.path == "/v3/bill/tradebill":
            return self._bill(query)
        if parts.path == "/v3/billdownload/file" and query.get("token") == "T1":
            return 200, bill_text(self.orders.values(), query["day"])
        return 404, {"code": "RESOURCE_NOT_EXISTS"}

    def _pay(self, said):
        no, code = said["out_trade_no"], said["payer"]["auth_code"]
        wanted = (said["mchid"], said["appid"], said["amount"]["currency"])
        if wanted != (MERCHANT, APP, "CNY") or not said["scene_info"]["store_info"]["out_id"]:
            return 400, {"code": "PARAM_ERROR"}
        if no in self.orders:
            return 400, {"code": "OUT_TRADE_NO_USED"}
        if not re.fullmatch(r"1[0-5]\d{16}", code) or code in self.codes_used:
            return 400, {"code": "AUTH_CODE_INVALID"}
        self.codes_used.add(code)
        plan = self.plan.popleft() if self.plan else "pay"
        states = {"pay": "SUCCESS", "password": "USERPAYING", "bank_says_no": "PAYERROR"}
        if plan not in states:
            return 403, {"code": plan, "message": "no"}
        provider_id = f"42000023{len(self.orders):020}"
        order = self.orders[no] = Order(no, said["amount"]["total"], states[plan], provider_id)
        return 202 if plan == "password" else 200, self._order(order)

    def _order(self, order):
        said = {
            "appid": APP,
            "mchid": MERCHANT,
            "out_trade_no": order.no,
            "trade_state": order.state,
            "trade_state_desc": "",
            "trade_type": "MICROPAY",
        }
        if order.state in ("SUCCESS", "REFUND"):
            said["transaction_id"] = order.provider_id
            said["success_time"] = "2026-03-01T10:00:00+08:00"
            said["payer"] = {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}
            said["amount"] = {"total": order.total, "payer_total": order.total, "currency": "CNY"}
        return said

    def _reverse(self, order):
        if order.refunds:
            return 400, {"code": "INVALID_REQUEST", "message": "it has refunds"}
        order.state = "REVOKED"
        return 200, {"appid": APP, "mchid": MERCHANT, "out_trade_no": order.no}

    def _refund(self, method, path, said):
        if method == "GET":
            no = path.rpartition("/")[2]
            found = next((one for one in self.orders.values() if no in one.refunds), None)
            if found is None:
                return 404, {"code": "RESOURCE_NOT_EXISTS"}
            return 200, self._back(found, found.refunds[no])
        order, amount = self.orders.get(said["out_trade_no"]), said["amount"]
        if order is None:
            return 404, {"code": "RESOURCE_NOT_EXISTS"}
        known = order.refunds.get(said["out_refund_no"])
        if known is None:
            if amount["total"] != order.total or amount["refund"] > order.taken:
                return 400, {"code": "INVALID_REQUEST", "message": "more than was paid"}
            known = Back(said["out_refund_no"], amount["refund"], self.refund_status)
            order.refunds[known.id] = known
            order.state = "REFUND"
        return 200, self._back(order, known)

    def _back(self, order, back):
        return {
            "refund_id": f"50000000{abs(hash(back.id)) % 10**20:020}",
            "out_refund_no": back.id,
            "out_trade_no": order.no,
            "transaction_id": order.provider_id,
            "status": back.status,
            "amount": {"total": order.total, "refund": back.amount, "currency": "CNY"},
        }

    def _bill(self, query):
        text = bill_text(self.orders.values(), query["bill_date"])
        return 200, {
            "hash_type": "SHA1",
            "hash_value": self.bill_hash or hashlib.sha1(text).hexdigest(),
            "download_url": f"https://api.mch.weixin.qq.com/v3/billdownload/file?token=T1"
            f"&day={query['bill_date']}",
        }
