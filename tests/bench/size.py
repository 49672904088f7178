#!/usr/bin/env python3
"""What a node takes: memory when idle, time from start to ready (also with 100,000 cases), and the
bytes of the chat page with everything it loads. Prints one JSON line."""
import argparse
import gzip
import http.client
import json
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("--build", required=True)
parser.add_argument("--cases", type=int, default=100_000)
arguments = parser.parse_args()
build = pathlib.Path(arguments.build).resolve()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(config):
    begun = time.monotonic()
    node = subprocess.Popen([build / "nodes/daemon/sanad-node", "--config", config], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL)
    if not node.stdout.readline():
        sys.exit("size: the node ended before it was ready")
    return node, (time.monotonic() - begun) * 1000


def stop(node):
    node.terminate()
    node.wait()


def start_ms(config, rounds=9):
    spans = []
    for _ in range(rounds):
        node, span = start(config)
        stop(node)
        spans.append(span)
    return statistics.median(spans)


def idle_pss_kib(config):
    node, _ = start(config)
    previous = None
    for _ in range(100):  # until two looks 0.1 s apart agree: it has settled
        now = int(re.search(r"^Pss:\s+(\d+)", pathlib.Path(f"/proc/{node.pid}/smaps_rollup").read_text(), re.M)[1])
        if now == previous:
            break
        previous = now
        time.sleep(0.1)
    stop(node)
    return now


def page_bytes(config, port):
    """The page, and everything it names from its own server, as a browser gets it."""
    node, _ = start(config)
    try:
        seen, waiting, total = set(), ["/"], 0
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                sys.exit(f"size: {path} answers {response.status}")
            total += len(body)
            text = gzip.decompress(body) if response.getheader("Content-Encoding") == "gzip" else body
            waiting += re.findall(r'(?:src|href)="(/[^"#]*)"', text.decode("utf-8", "replace"))
        return total, len(seen)
    finally:
        stop(node)


with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as work:
    folder, port = pathlib.Path(work) / "ma", free_port()
    plugins = [word for name in ("storage/lmdb", "channels/webchat", "partners/webhook")
               for word in ("--plugins", build / "plugins" / name)]
    subprocess.run([build / "nodes/cli/sanad", "init", "--country", "ma", "--chat", f"127.0.0.1:{port}", "--desk", "none", "--share",
                    build / "share", *plugins, folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    config = folder / "node.toml"
    size, files = page_bytes(config, port)
    result = {"idle_pss_kib": idle_pss_kib(config), "start_ms": round(start_ms(config), 1)}
    subprocess.run([build / "tests/bench/fill", config, str(arguments.cases)], check=True)
    result |= {"cases": arguments.cases, "start_full_ms": round(start_ms(config), 1),
               "idle_full_pss_kib": idle_pss_kib(config), "page_gzip_bytes": size, "page_files": files,
               "store_mib": round(sum(f.stat().st_blocks for f in (folder / "store").iterdir()) * 512 / 2**20)}
print(json.dumps(result))
