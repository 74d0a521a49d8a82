"""Calls over HTTP/1.1 at little cost: connections stay open, requests are made beforehand, of an answer only status and length are read."""

import asyncio
import time


def request(method, path, body=b""):
    return (f"{method} {path} HTTP/1.1\r\nHost: engine\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


class Connection(asyncio.Protocol):
    """One call at a time."""

    def __init__(self):
        self.answer, self.received = None, bytearray()

    @classmethod
    async def open(cls, port):
        return (await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port))[1]

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        if self.answer and not self.answer.done():
            self.answer.set_exception(error or ConnectionError("the engine has closed the connection"))

    def data_received(self, data):
        self.received += data
        head = self.received.find(b"\r\n\r\n")
        if head < 0:
            return
        field = self.received.lower().find(b"\r\ncontent-length:", 0, head + 2)
        length = int(self.received[field + 17:self.received.find(b"\r\n", field + 2)])
        if len(self.received) < head + 4 + length:
            return
        if self.answer.done():
            return  # Given up.
        if self.received[9:12] != b"200":
            self.answer.set_exception(RuntimeError(self.received.decode(errors="replace")))
        else:
            self.answer.set_result(self.received[head + 4:])
        self.received = bytearray()

    def call(self, made):
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(made)
        return self.answer

    def close(self):
        self.transport.close()


async def drive(port, requests, at_once):
    """All of them, so many at a time; gives the seconds that took."""
    left = iter(requests)
    connections = [await Connection.open(port) for _ in range(at_once)]

    async def one_after_another(connection):
        for made in left:
            await connection.call(made)
    try:
        begin = time.perf_counter()
        await asyncio.gather(*map(one_after_another, connections))
        return time.perf_counter() - begin
    finally:
        for connection in connections:
            connection.close()
