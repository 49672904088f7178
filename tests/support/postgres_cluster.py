#!/usr/bin/env python3
"""A PostgreSQL of its own for one test, in a temporary folder, on a Unix socket: postgres_cluster.py [--small MIB]

Prints one JSON line: "connection" for the role that owns the database `sanad`, "admin" for the superuser, "both" as
"connection" but of the replica, too, "data", "bin".
Then it obeys words, one a line, and answers each with a line once it is done:

    start  stop       the server
    kill              every process of the server, with SIGKILL
    pause  resume     every process of the server, with SIGSTOP and SIGCONT
    fill  free        with --small: no room is left for tables, and again
    replicate         makes a replica: from now on each commit waits until it is there, too
    promote           makes the replica the primary; the server must not run any more

At the end of its input it ends the server and removes the folder, so nothing stays of a test that was killed. PostgreSQL
refuses to run for root: then it runs as the user `postgres`. --small puts the tables on a file system of that many MiB,
which only root can mount; nobody outside of this program sees it."""
import argparse
import ctypes
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 0x40000
LIMIT = 60  # seconds that any step may take


def binaries():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda file: int(file.parts[-3]))
    if found:
        return found[-1].parent
    program = shutil.which("postgres")
    if not program:
        sys.exit("postgres_cluster: there is no PostgreSQL: apt-get install postgresql-15")
    return pathlib.Path(program).parent


def must(answer, what):
    if answer != 0:
        raise OSError(ctypes.get_errno(), what)


class Server:
    """The processes of one PostgreSQL, over one folder of data."""

    def __init__(self, binary, data, socket, identity):
        self.bin, self.data, self.socket, self.identity, self.process = binary, data, socket, identity, None

    def start(self):
        with open(self.socket / "log", "ab") as log:
            self.process = subprocess.Popen([self.bin / "postgres", "-D", self.data], cwd="/", stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True, **self.identity)
        end = time.monotonic() + LIMIT
        while subprocess.run([self.bin / "pg_isready", "-q", "-h", self.socket], check=False).returncode != 0:
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError((self.socket / "log").read_text("utf-8", "replace"))
            time.sleep(0.02)

    def processes(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii")
        return [self.process.pid, *map(int, children.split())]

    def strike(self, number):
        """All processes of the server; returns them. The first stands still meanwhile, so that it starts no others."""
        self.process.send_signal(signal.SIGSTOP)
        reached = self.processes()
        for process in reached:
            try:
                os.kill(process, number)
            except ProcessLookupError:
                pass
        return reached

    def kill(self):
        gone = self.strike(signal.SIGKILL)
        self.process.wait()
        end = time.monotonic() + LIMIT
        while any(pathlib.Path(f"/proc/{process}").exists() for process in gone[1:]) and time.monotonic() < end:
            time.sleep(0.005)
        self.process = None

    def stop(self, how=signal.SIGINT):
        if self.process:
            self.process.send_signal(how)
            self.process.wait(LIMIT)
            self.process = None

    def end(self):
        if self.process:
            self.strike(signal.SIGCONT)
            self.kill()


class Cluster:
    def __init__(self):
        self.bin, self.small = binaries(), None
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sanad-postgres-"))
        self.data = self.folder / "data"
        self.server = Server(self.bin, self.data, self.folder, self.identity())
        self.replica = Server(self.bin, self.folder / "replica/data", self.folder / "replica", self.identity())

    def make(self, small):
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nshared_buffers = 32MB\n"
                       "log_min_messages = fatal\n")
        self.start()
        self.sql("postgres", "CREATE ROLE sanad LOGIN", "CREATE DATABASE sanad OWNER sanad")
        if small:
            self.mount(small)

    def identity(self):
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}

    def run(self, program, *words):
        done = subprocess.run([self.bin / program, *words], cwd="/", capture_output=True, text=True, timeout=LIMIT,
                              check=False, **self.identity())
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")
        return done.stdout

    def sql(self, database, *commands):
        words = [word for command in commands for word in ("-c", command)]
        return self.run("psql", "-X", "-q", "-h", self.folder, "-U", "postgres", "-d", database, *words)

    def mount(self, mebibytes):
        self.small = self.folder / "small"
        self.small.mkdir()
        kernel = ctypes.CDLL(None, use_errno=True)
        must(kernel.mount(b"none", os.fsencode(self.small), b"tmpfs", 0, b"size=%dm" % mebibytes), "mount")
        tables = self.small / "tables"
        tables.mkdir()
        os.chown(tables, self.user.pw_uid, self.user.pw_gid)
        self.sql("sanad", f"CREATE TABLESPACE small OWNER sanad LOCATION '{tables}'",
                 "ALTER ROLE sanad SET default_tablespace = small")

    def start(self):
        self.server.start()

    def stop(self):
        self.server.stop()

    def kill(self):
        self.server.kill()

    def pause(self):
        self.server.strike(signal.SIGSTOP)

    def resume(self):
        self.server.strike(signal.SIGCONT)

    def replicate(self):
        folder = self.replica.socket
        folder.mkdir()
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self.run("pg_basebackup", "-h", self.folder, "-U", "postgres", "-D", self.replica.data, "-R", "-c", "fast", "--no-sync")
        with open(self.replica.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(f"unix_socket_directories = '{folder}'\n")
        self.replica.start()
        self.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        end = time.monotonic() + LIMIT
        while "sync" not in self.sql("postgres", "SELECT sync_state FROM pg_stat_replication WHERE sync_state = 'sync'"):
            if time.monotonic() > end:
                raise RuntimeError("the replica does not follow")
            time.sleep(0.02)

    def promote(self):
        self.run("pg_ctl", "promote", "-w", "-D", self.replica.data)

    def fill(self):
        with open(self.small / "ballast", "wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                pass

    def free(self):
        (self.small / "ballast").unlink()

    def facts(self):
        at, both = (f"host={host} dbname=sanad user=" for host in (self.folder, f"{self.folder},{self.replica.socket}"))
        return {"connection": at + "sanad", "admin": at + "postgres", "both": both + "sanad", "data": str(self.data), "bin": str(self.bin)}

    def end(self):
        self.replica.end()
        self.server.end()
        if self.small:
            ctypes.CDLL(None).umount2(os.fsencode(self.small), 2)
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", type=int, metavar="MIB")
    small = parser.parse_args().small
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if small:
        # Before there is any process of the server: they all see the same file systems.
        kernel = ctypes.CDLL(None, use_errno=True)
        must(kernel.unshare(CLONE_NEWNS), "unshare")
        must(kernel.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None), "mount")
    cluster = Cluster()
    try:
        cluster.make(small)
        print(json.dumps(cluster.facts()), flush=True)
        for line in sys.stdin:
            word = line.strip()
            if word not in {"start", "stop", "kill", "pause", "resume", "fill", "free", "replicate",
                            "promote"}:
                sys.exit(f"postgres_cluster: no such word: {word}")
            getattr(cluster, word)()
            print(word, flush=True)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second end must not break off the cleaning up
        cluster.end()


if __name__ == "__main__":
    main()
