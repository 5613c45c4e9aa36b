"""Calls to addresses that others gave us. Whoever names an address could name one inside: so every host is resolved once, refused
where it is not a public one, and called at that very address; also where a redirect leads."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import PurePosixPath
from ssl import SSLContext
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import httpcore

from core.errors import AddressRefused, FetchFailed
from core.stores.webhooks import Fetched

#: Hosts that are this machine.
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS, _LONGEST = 3, 2000
_CONNECT, _PIECE = 5.0, 10.0
#: Addresses of the sixth version in which one of the fourth is hidden: the network, and at which byte it begins.
_HIDING = (
    (ipaddress.IPv6Network("64:ff9b::/96"), 12),
    (ipaddress.IPv6Network("64:ff9b:1::/48"), 12),
    (ipaddress.IPv6Network("2002::/16"), 2),
    (ipaddress.IPv6Network("::/96"), 12),
)
Resolve = Callable[[str, int], Iterable[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class OutsideCalls:
    """Calls what lies outside. Implements :class:`core.webhooks.delivering.Post` with :meth:`post`."""

    def __init__(self, allowed: Callable[[str], bool], resolve: Resolve = resolve) -> None:
        """``allowed`` says of a host whether it may be called though it lies inside, also without https."""
        self._allowed, self._resolve = allowed, resolve

    def check(self, url: str) -> None:
        """Raise AddressRefused for an address that must not be called."""
        told = self._read(url)
        self.addresses(told.hostname or "", told.port or _port_of(told))

    def post(self, url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> int:
        """Send ``body``; gives the status of the answer. Redirects are not followed. Raises AddressRefused, FetchFailed."""
        self._read(url)
        with self._pool(monotonic() + seconds) as pool, _told(url), _stream(pool, "POST", url, headers, body) as reply:
            return int(reply.status)

    def fetch(self, url: str, most: int, seconds: float) -> Fetched:
        """The file at an address, of at most ``most`` bytes. Raises AddressRefused, FetchFailed."""
        end = monotonic() + seconds
        with self._pool(end) as pool:
            for _ in range(_MOST_REDIRECTS + 1):
                told = self._read(url)
                with _told(url), _stream(pool, "GET", url, {"accept-encoding": "identity"}, None) as reply:
                    if reply.status in _REDIRECTS and (onward := _header(reply, b"location")):
                        url = urljoin(url, onward)
                        continue
                    if reply.status != 200:
                        raise FetchFailed(
                            f"{told.hostname} answered with status {reply.status}, not with the document."
                        )
                    return Fetched(_body(reply, most), PurePosixPath(unquote(told.path)).name[:200] or "document")
        raise FetchFailed(f"More than {_MOST_REDIRECTS} redirects: name the address of the document itself.")

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses at which a host may be called. Raises AddressRefused where one of them lies inside."""
        try:
            found = list(dict.fromkeys(self._resolve(host, port)))
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise AddressRefused(f"The host “{host[:100]}” cannot be found: check the address.")
        if not self._allowed(host) and not all(map(is_public, found)):
            raise AddressRefused(
                f"“{host[:100]}” lies inside this network: such addresses are not called, unless STUDIO_INSIDE_HOSTS names the host."
            )
        return found

    def _read(self, url: str) -> SplitResult:
        """The parts of an address. Raises AddressRefused."""
        try:
            told = urlsplit(url)
            host, port = told.hostname, told.port
        except ValueError as error:
            raise AddressRefused("This is no address: write https://host/path.") from error
        odd = any(character <= " " or character in "\\\x7f" for character in url) or not url.isascii()
        if (
            not host
            or port == 0
            or odd
            or len(url) > _LONGEST
            or told.username is not None
            or told.password is not None
        ):
            raise AddressRefused("This is no address: write https://host/path, without a name and password in it.")
        if told.scheme != "https" and not (told.scheme == "http" and self._allowed(host)):
            raise AddressRefused("Only https:// addresses are called.")
        return told

    def _pool(self, end: float) -> httpcore.ConnectionPool:
        return httpcore.ConnectionPool(_ssl(), network_backend=_Pinned(self.addresses, end))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet: not of this machine, a network of one's own, or anything special."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found.is_site_local or found.teredo is not None:
            return False
        for network, start in _HIDING:
            if found in network:
                return is_public(str(ipaddress.IPv4Address(found.packed[start : start + 4])))
    return found.is_global and not found.is_multicast and not found.is_reserved


@cache
def _ssl() -> SSLContext:
    return httpcore.default_ssl_context()


class _Pinned(httpcore.NetworkBackend):
    """Connects to the very addresses that were looked at, and to no moment after ``end``."""

    def __init__(self, addresses: Callable[[str, int], list[str]], end: float) -> None:
        self._addresses, self._end, self._inner = addresses, end, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's addresses that answers."""
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._addresses(host, port):
            try:
                stream = self._inner.connect_tcp(
                    address, port, _left(self._end, timeout), local_address, socket_options
                )
                return _Timed(stream, self._end)
            except (httpcore.NetworkError, httpcore.TimeoutException) as error:
                failure = error
        raise failure


class _Timed(httpcore.NetworkStream):
    """A connection that ends at a moment, however slowly it drips."""

    def __init__(self, inner: httpcore.NetworkStream, end: float) -> None:
        self._inner, self._end = inner, end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As it comes."""
        return self._inner.read(max_bytes, _left(self._end, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """As it goes."""
        self._inner.write(buffer, _left(self._end, timeout))

    def close(self) -> None:
        """Close it."""
        self._inner.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The certificate is the host's, not the address's."""
        return _Timed(self._inner.start_tls(ssl_context, server_hostname, _left(self._end, timeout)), self._end)

    def get_extra_info(self, info: str) -> Any:
        """What is known of it."""
        return self._inner.get_extra_info(info)


def _left(end: float, timeout: float | None) -> float:
    left = end - monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("its time is over")
    return min(left, timeout) if timeout is not None else left


def _stream(
    pool: httpcore.ConnectionPool, method: str, url: str, headers: Mapping[str, str], body: bytes | None
) -> Any:
    limits = {"connect": _CONNECT, "read": _PIECE, "write": _PIECE, "pool": _CONNECT}
    return pool.stream(method, url, headers=list(headers.items()), content=body, extensions={"timeout": limits})


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Our errors in place of the wire's."""
    host = urlsplit(url).hostname
    try:
        yield
    except httpcore.TimeoutException as error:
        raise FetchFailed(f"{host} did not answer in time.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise FetchFailed(f"{host} does not answer ({type(error).__name__}): check the address.") from error


def _header(reply: httpcore.Response, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in reply.headers if key.lower() == name), "")


def _body(reply: httpcore.Response, most: int) -> bytes:
    sentence = f"The document has more than {most // 1_000_000} MB: name a smaller one."
    said = _header(reply, b"content-length")
    if said.isdigit() and int(said) > most:
        raise FetchFailed(sentence)
    data = bytearray()
    for piece in reply.iter_stream():
        data += piece
        if len(data) > most:
            raise FetchFailed(sentence)
    return bytes(data)


def _port_of(told: SplitResult) -> int:
    return 443 if told.scheme == "https" else 80
