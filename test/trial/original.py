"""Answers as the original update server does: archives by tarfile, 400 without a body for what it does not have."""

import glob
import http.server
import io
import os
import sys
import tarfile
import urllib.parse

BOXES = sys.argv[1]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        stem = "-".join([query.get("name", ""), query.get("board", "")])
        found = glob.glob(os.path.join(BOXES, query.get("name", ""), stem + "*.img.zst"))
        if not found:
            self.send_response(400)
            self.end_headers()
            return
        base = found[0].removesuffix(".zst")
        with open(base + ".buildID", encoding="ascii") as file:
            build_id = file.read().split(" ")[0]
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            if build_id != query.get("build_id"):
                for path in (base + ".zst", base + ".sha256"):
                    tar.add(path, arcname=os.path.basename(path))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-tar")
        self.send_header("Content-Disposition", 'attachment; filename="update.tar"')
        self.send_header("Content-Length", str(len(archive.getvalue())))
        self.end_headers()
        self.wfile.write(archive.getvalue())

    def log_message(self, format, *args):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
