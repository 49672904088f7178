"""Programs that the demonstration starts, and waiting for what they do."""
import os
import pathlib
import queue
import socket
import subprocess
import sys
import threading
import time

WAIT_S = 60  # for anything that takes a second on an idle machine
STOP_WAIT_S = 15


class DemoError(Exception):
    """One line: what is wrong, a colon, how to mend it."""


def say(text=""):
    """To the person at the terminal; the standard output is for programs."""
    print(text, file=sys.stderr, flush=True)


def until(what, truth, seconds=WAIT_S):
    """Looks again until `truth` returns something, and returns that."""
    end = time.monotonic() + seconds
    pause = 0.01
    while not (found := truth()):
        if time.monotonic() > end:
            raise DemoError(f"{what} did not happen within {seconds} s: look at the logs")
        time.sleep(pause)
        pause = min(2 * pause, 0.1)
    return found


def free_ports(count):
    """Ports of 127.0.0.1 that nobody uses now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Program:
    """A process of ours. Its standard output comes as lines; what it says on the standard error goes
    to the end of the file `log`, or to ours."""

    def __init__(self, name, arguments, log: pathlib.Path | None = None, environment=None):
        self.name = name
        self.log = log
        errors = open(log, "ab") if log else None
        try:
            self._process = subprocess.Popen(
                [str(argument) for argument in arguments], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=errors, env={**os.environ, **(environment or {})})
        except OSError as error:
            raise DemoError(f"{name} cannot be started ({error.strerror}): run ./dev build") from error
        finally:
            if errors:
                errors.close()
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line.decode().rstrip("\n"))
        self._lines.put(None)

    def next_line(self, seconds=WAIT_S):
        """The next line of its output; waits for ever when `seconds` is None."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            raise DemoError(f"{self.name} said nothing for {seconds} s: {self._where()}") from None
        if line is None:
            raise DemoError(f"{self.name} ended with status {self._process.wait()}: {self._where()}")
        return line

    @property
    def pid(self):
        return self._process.pid

    def send(self, line):
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def ended(self):
        return self._process.poll() is not None

    def kill(self):
        """As a power cut would; returns how it ended, which is -9."""
        self._process.kill()
        return self._process.wait()

    def stop(self):
        """Asks it to end, and waits until it has."""
        if self._process.stdin and not self._process.stdin.closed:
            try:
                self._process.stdin.close()
            except OSError:
                pass  # it has ended already
        if not self.ended():
            self._process.terminate()
        try:
            return self._process.wait(STOP_WAIT_S)
        except subprocess.TimeoutExpired:
            return self.kill()

    def _where(self):
        if not self.log:
            return "its words above say why"
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return f"{self.log} says: {lines[-1] if lines else 'nothing'}"
