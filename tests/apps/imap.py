# SPDX-License-Identifier: BSD-3-Clause
"""python3 imap.py PORT: as much of an IMAP server as Roundcube needs to let somebody in."""

import socketserver
import sys

_ANSWERS = {
    "CAPABILITY": ["* CAPABILITY IMAP4rev1"],
    "LIST": ['* LIST (\\HasNoChildren) "/" "INBOX"'],
    "LSUB": ['* LSUB (\\HasNoChildren) "/" "INBOX"'],
    "SELECT": ["* FLAGS (\\Seen)", "* 0 EXISTS", "* 0 RECENT", "* OK [UIDVALIDITY 1]",
               "* OK [UIDNEXT 1]"],
    "STATUS": ['* STATUS "INBOX" (MESSAGES 0 RECENT 0 UNSEEN 0)'],
    "SEARCH": ["* SEARCH"],
    "LOGOUT": ["* BYE"],
}


class Server(socketserver.StreamRequestHandler):
    def handle(self):
        self._say("* OK ready")
        for line in self.rfile:
            tag, _, rest = line.decode("latin-1").strip().partition(" ")
            word = rest.removeprefix("UID ").split(" ")[0].upper()
            for answer in _ANSWERS.get(word, []):
                self._say(answer)
            self._say(f"{tag} OK done")
            if word == "LOGOUT":
                return

    def _say(self, line):
        self.wfile.write(line.encode("latin-1") + b"\r\n")


socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Server).serve_forever()
