"""Autobahn|Python 0.10 as a peer that speaks hixie-76. Python 2.7, from the environment of wstest.

    autobahn-hixie.py echo-server          tells its port, then echoes to every client
    autobahn-hixie.py client URL           tests a server that must echo

As with the other peers, each line on standard output is a JSON object, and the exit code is 0 if
all went well, 1 if the other side did something wrong, 3 if time ran out.
"""

import json
import os
import sys

from autobahn.twisted import websocket
from twisted.internet import reactor

SECONDS = 60

# So many bytes of characters that take one to three bytes each.
def text(size):
    return u"a\xe9\u2713" * (size // 6) + u"b" * (size % 6)

# Where the end of a message is the first byte that it reads, this Autobahn does not find it: so none
# is empty, and each fits into one read.
TEXTS = [text(size) for size in (1, 125, 126, 127, 128, 16384, 60000)] + [u"\x00\x7f"]


def say(**line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def leave(code):
    # The reactor would wait for connections to close.
    os._exit(code)


class Echo(websocket.WebSocketServerProtocol):
    def onOpen(self):
        say(open=self.websocket_protocol_in_use or "", version=self.websocket_version)

    def onMessage(self, payload, isBinary):
        self.sendMessage(payload, isBinary)

    def onClose(self, wasClean, code, reason):
        say(closed=wasClean)


class Test(websocket.WebSocketClientProtocol):
    left = TEXTS

    def onOpen(self):
        self.left = list(TEXTS)
        self.step()

    def step(self):
        if self.left:
            self.sendMessage(self.left[0].encode("utf8"), False)
        else:
            self.sendClose()

    def onMessage(self, payload, isBinary):
        expected = self.left.pop(0)
        if isBinary or payload.decode("utf8") != expected:
            say(error="%d bytes differ from the echo expected" % len(payload))
            leave(1)
        say(case="text %d" % len(payload))
        self.step()

    def onClose(self, wasClean, code, reason):
        if self.left or not wasClean:
            say(error="closed: clean is %s, %s" % (wasClean, reason))
            leave(1)
        say(case="close")
        say(done=True)
        leave(0)


def main(mode, url=None):
    reactor.callLater(SECONDS, lambda: (say(error="not done after %d s" % SECONDS), leave(3)))
    if mode == "client":
        # What a page would say; hixie-76 wants it of everyone.
        origin = url.replace("ws:", "http:").rstrip("/")
        factory = websocket.WebSocketClientFactory(url, origin=origin, protocols=[], debug=False)
        factory.protocol = Test
        factory.setProtocolOptions(version=0, allowHixie76=True)
        websocket.connectWS(factory)
    else:
        factory = websocket.WebSocketServerFactory("ws://127.0.0.1", debug=False)
        factory.protocol = Echo
        factory.setProtocolOptions(allowHixie76=True)
        port = reactor.listenTCP(0, factory, interface="127.0.0.1")
        number = port.getHost().port
        # It insists on the port in Host.
        factory.setSessionParameters("ws://127.0.0.1:%d" % number)
        say(listening=number)
    reactor.run()


main(*sys.argv[1:])
