"""The Python package `websockets` as a peer, with the same modes and lines as matrix.mjs.

    client URL | server | echo-client URL | echo-server

Each line on standard output is a JSON object. The exit code is 0 if all went well, 1 if the other
side did something wrong, 3 if time ran out.
"""

import asyncio
import json
import os
import ssl
import sys
from urllib.parse import unquote

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    ServerPerMessageDeflateFactory,
)

# The arguments of the factories for permessage-deflate, or None.
DEFLATE = json.loads(os.environ.get("HYBI_DEFLATE", "null"))
LARGEST = (16 if DEFLATE is None else 1) << 20
SIZES = [0, 1, 125, 126, 127, 65535, 65536, 1 << 20, 16 << 20]
SIZES = [size for size in SIZES if size <= LARGEST]
SECONDS = 120
OPTIONS = {"max_size": None, "ping_interval": None}

# Of a server that speaks TLS, or a client that shows who it is: a certificate and its key.
TLS = os.environ.get("HYBI_TLS")


def tls(purpose):
    context = ssl.create_default_context(purpose)
    context.load_cert_chain(TLS)
    return context


if TLS and "client" in sys.argv[1]:
    OPTIONS["ssl"] = tls(ssl.Purpose.SERVER_AUTH)
elif TLS:
    OPTIONS["ssl"] = tls(ssl.Purpose.CLIENT_AUTH)


def of_client():
    if DEFLATE is None:
        return OPTIONS
    return {"compression": None, "extensions": [ClientPerMessageDeflateFactory(**DEFLATE)], **OPTIONS}


def of_server():
    if DEFLATE is None:
        return OPTIONS
    return {"compression": None, "extensions": [ServerPerMessageDeflateFactory(**DEFLATE)], **OPTIONS}


def say(**line):
    print(json.dumps(line), flush=True)


# ---- testing the other side, which must echo ----------------------------


async def test_as_client(url):
    async with connect(url, subprotocols=["unknown", "echo"], proxy=None, **of_client()) as link:
        await exchange(link)
    for code, reason in [(1000, "done"), (4321, "a reason: ✓"), (None, "")]:
        async with connect(url, subprotocols=["echo"], proxy=None, **OPTIONS) as link:
            await run(f"close {code or 'without code'}", closing(link, code, reason))
    async with connect(url, proxy=None, **OPTIONS) as link:
        await run("no subprotocol", equal(link.subprotocol, None))
    # Here and nowhere else permessage-deflate is not even offered.
    async with connect(url, compression=None, proxy=None, **OPTIONS) as link:
        await run("no extension", echoed(link, "plain"))
    say(done=True)


async def test_as_server():
    done = asyncio.get_running_loop().create_future()

    async def session(link):
        what, *rest = [unquote(part) for part in link.request.path.split("/")[1:]]
        try:
            if what == "exchange":
                await exchange(link)
            else:
                code = int(rest[0]) if rest else None
                await run(link.request.path, closing(link, code, rest[1] if len(rest) > 1 else ""))
            done.set_result(None)
        except Exception as error:
            done.set_exception(error)

    async with serve(session, "127.0.0.1", 0, select_subprotocol=choose, **of_server()) as server:
        say(listening=port(server))
        await done
    say(done=True)


async def exchange(link):
    await run("subprotocol", equal(link.subprotocol, "echo"))
    for size in SIZES:
        await run(f"text {size}", echoed(link, text(size)))
        await run(f"binary {size}", echoed(link, binary(size)))
    if DEFLATE is not None:
        await compressing(link)
    await run("many at once", many(link))
    for size in [0, 1, 125, 126, 65536]:
        # This library wants each fragment of a text to be text, so no cut goes through a character.
        await run(f"text in fragments of {size}", fragmented(link, "é" * (4 * size + 3), size))
        await run(f"binary in fragments of {size}", fragmented(link, binary(4 * size + 3), size))
    for size in [0, 1, 125]:
        await run(f"ping {size}", ping(link, b"p" * size))
    await run("many pings", many_pings(link))
    await run("close 1000", closing(link, 1000, "done"))


async def compressing(link):
    names = [extension.name for extension in link.protocol.extensions]
    await run("extension", equal(names, ["permessage-deflate"]))
    for size in [1, 126, 1000, 65536, 1 << 20]:
        await run(f"noise {size}", echoed(link, os.urandom(size)))
    await run("a noise again and again", repeated(link, [os.urandom(200)] * 100))
    words = [json.dumps({"at": at, "text": text(at * 10), "of": "words"}) for at in range(100)]
    await run("words again and again", repeated(link, words))


async def repeated(link, messages):
    for message in messages:
        await echoed(link, message)


async def echoed(link, message):
    await link.send(message)
    same(await link.recv(), message)


async def many(link):
    messages = [text(at) if at % 2 else binary(at) for at in range(500)]

    async def send():
        for message in messages:
            await link.send(message)

    sending = asyncio.create_task(send())
    for message in messages:
        same(await link.recv(), message)
    await sending


async def fragmented(link, whole, size):
    pieces = [whole[at * size : (at + 1) * size] for at in range(4)] + [whole[4 * size :]]
    await link.send(iter(pieces))
    same(await link.recv(), whole)


async def ping(link, payload):
    await (await link.ping(payload))


async def many_pings(link):
    pongs = [await link.ping(f"ping {at}") for at in range(10)]
    for pong in pongs:
        await pong
    await echoed(link, "after the pings")


async def closing(link, code, reason):
    """RFC 6455 §5.5.1: the answer to a Close typically repeats its code."""
    await link.close(code, reason)
    assert link.close_code == (code or 1005), f"closed with {link.close_code}"


async def equal(seen, expected):
    assert seen == expected, f"{seen!r}, not {expected!r}"


def same(seen, expected):
    assert type(seen) is type(expected), f"{type(seen)}, not {type(expected)}"
    assert seen == expected, f"{len(seen)} differ from the {len(expected)} sent"


async def run(name, body):
    try:
        await body
    except Exception as error:
        raise RuntimeError(f"{name}: {type(error).__name__} {error}") from error
    say(case=name)


def text(size):
    """So many bytes of characters that take one to four bytes each."""
    return "aé✓𝄞" * (size // 10) + "b" * (size % 10)


def binary(size):
    period = bytes((at * 31 + (at >> 8)) & 0xFF for at in range(1 << 16))
    return (period * (size // len(period) + 1))[:size]


# ---- echoing, while the other side tests --------------------------------


async def echo_as_client(url):
    async with connect(url, subprotocols=["unknown", "echo"], proxy=None, **of_client()) as link:
        await echo(link)


async def echo_as_server():
    async with serve(echo, "127.0.0.1", 0, select_subprotocol=choose, **of_server()) as server:
        say(listening=port(server))
        await asyncio.Event().wait()


async def echo(link):
    """On the path /close/CODE/REASON or /close the server closes at once."""
    say(open=link.subprotocol or "")
    what, *rest = [unquote(part) for part in link.request.path.split("/")[1:]]
    if what == "close":
        await link.close(int(rest[0]) if rest else None, rest[1] if len(rest) > 1 else "")
    try:
        async for message in link:
            await link.send(message)
    except ConnectionClosed:
        pass
    # Unlike `close_code`, this is what the other side has sent, also where we closed first.
    close = link.protocol.close_rcvd
    say(closed=close.code if close else 1006, reason=close.reason if close else "")


def choose(link, offered):
    return "echo" if "echo" in offered else None


def port(server):
    return server.sockets[0].getsockname()[1]


async def main():
    mode, *rest = sys.argv[1:]
    modes = {
        "client": test_as_client,
        "server": test_as_server,
        "echo-client": echo_as_client,
        "echo-server": echo_as_server,
    }
    try:
        await asyncio.wait_for(modes[mode](*rest), SECONDS)
    except TimeoutError:
        say(error=f"not done after {SECONDS} s")
        sys.exit(3)
    except Exception as error:
        say(error=str(error))
        sys.exit(1)


asyncio.run(main())
