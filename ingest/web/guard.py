"""Connects to public addresses only, checked where the connection is made.

A name that is checked first and resolved again for the connection may lead elsewhere the second
time (DNS rebinding). Here each connection resolves once, checks every address that it got, and
connects to one of those.
"""

import socket
import ssl
import time
from collections.abc import Iterable
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore
import httpx

NAT64 = IPv6Network("64:ff9b::/96")


class ForbiddenAddressError(httpcore.ConnectError):
    """An address that is not on the public internet."""


def is_public(address: str) -> bool:
    """Whether an IP address, or the IPv4 address wrapped in it, is on the public internet."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        carried = _carried(ip)
        if carried:
            return all(is_public(str(one)) for one in carried)
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _carried(ip: IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that packets to an IPv6 address may be handed on to."""
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in NAT64:
        found.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return [one for one in found if one is not None]


@cache
def _ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class GuardedTransport(httpx.HTTPTransport):
    """Sends requests over connections that a guard has made.

    Args:
        allow_private: Connect to any address.
        deadline: When, by `time.monotonic`, every read and write has to be over.
    """

    def __init__(self, allow_private: bool, deadline: float) -> None:
        super().__init__(verify=_ssl_context(), trust_env=False)
        # httpx has no public way to a network backend of one's own.
        self._pool = httpcore.ConnectionPool(
            ssl_context=_ssl_context(),
            max_connections=1,
            network_backend=_GuardedBackend(allow_private, deadline),
        )


class _GuardedBackend(httpcore.NetworkBackend):
    def __init__(self, allow_private: bool, deadline: float) -> None:
        self._allow_private = allow_private
        self._deadline = deadline
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _resolve(host, port)
        if not self._allow_private:
            for address in addresses:
                if not is_public(address):
                    raise ForbiddenAddressError(f"{host} is {address}")
        failure: httpcore.ConnectError | None = None
        for address in addresses:
            try:
                stream = self._backend.connect_tcp(
                    address, port, _left(self._deadline, timeout), local_address, socket_options
                )
            except httpcore.ConnectError as error:
                failure = error
                continue
            return _TimedStream(stream, self._deadline)
        raise failure or httpcore.ConnectError(f"{host} has no address")


class _TimedStream(httpcore.NetworkStream):
    """A connection whose reads and writes end at a deadline, however slowly bytes drip in."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, timeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"no address is known for {host}") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time for the whole page is up")
    return left if timeout is None else min(left, timeout)
