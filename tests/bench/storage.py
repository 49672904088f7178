#!/usr/bin/env python3
"""Measures the storage plugins; prints one JSON line.

LMDB on a file system in memory shows what table and LMDB cost themselves; on this disk, what a durable commit costs. Beside
each of those stands what the disk could just then, in syncs a second of one small write (`..._disk_per_s`): the disk of a
rented machine may differ by the minute. The load says how much else the machine had to do.
PostgreSQL runs beside the build, on the same disk; pgbench writes the same ten rows a commit to the same server, turn by
turn with the plugin: in one statement, and as ten statements of one pipeline. The better of the two is what the plugin is
held against."""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROUNDS, SECONDS = 3, 4
TABLE = """CREATE TABLE plain (t int4 NOT NULL, k bytea NOT NULL, v bytea NOT NULL, PRIMARY KEY (t, k));
ALTER TABLE plain ALTER COLUMN v SET STORAGE EXTERNAL"""
VALUE = "decode(repeat('07', 256), 'hex')"
ONE_STATEMENT = f"""\\set n :n + 1
INSERT INTO plain SELECT :mine, int8send(:n * 10 + i), {VALUE} FROM generate_series(0, 9) AS i;
"""
TEN_STATEMENTS = "\\set n :n + 1\n\\startpipeline\nBEGIN;\n" + "".join(
    f"INSERT INTO plain VALUES (:mine, int8send(:n * 10 + {i}), {VALUE});\n" for i in range(10)) + "COMMIT;\n\\endpipeline\n"

parser = argparse.ArgumentParser()
parser.add_argument("--build", required=True)
build = pathlib.Path(parser.parse_args().build).resolve()
root = pathlib.Path(__file__).resolve().parents[2]
plugins = {name: build / f"plugins/storage/{name}/{name}.so" for name in ("lmdb", "postgres")}


def measure(*words):
    done = subprocess.run([build / "tests/bench/storage", *words], stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"storage: {words[0]} ended with {done.returncode}")
    return json.loads(done.stdout)


def beside_the_disk(folder, work):
    """What `work` gives, and what the disk could just before and after."""
    syncs = [measure("disk", folder)["fdatasync_per_s"]]
    result = work()
    syncs.append(measure("disk", folder)["fdatasync_per_s"])
    return result, statistics.mean(syncs)


def pgbench(facts, folder, name, script, number):
    file = pathlib.Path(folder) / f"{name}.sql"
    file.write_text(script, "ascii")
    socket = re.match(r"host=(\S+)", facts["connection"])[1]
    said = subprocess.run([pathlib.Path(facts["bin"]) / "pgbench", "-h", socket, "-U", "sanad", "-n", "-c", "1", "-M",
                           "prepared", "-T", str(SECONDS), "-D", "n=0", "-D", f"mine={number}", "-f", file, "sanad"],
                          stdout=subprocess.PIPE, text=True, check=True).stdout
    return float(re.search(r"^tps = ([0-9.]+)", said, re.MULTILINE)[1])


def postgres(folder):
    # On the disk of the build, as the other figures.
    server = subprocess.Popen([sys.executable, root / "tests/support/postgres_cluster.py"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": folder})
    try:
        facts = json.loads(server.stdout.readline())
        result = measure("postgres", plugins["postgres"], facts["connection"])
        subprocess.run([pathlib.Path(facts["bin"]) / "psql", "-q", "-d", facts["connection"], "-c", TABLE], check=True)
        ours, one, ten, waits, syncs = [], [], [], [], []
        for turn in range(ROUNDS):
            commits, disk = beside_the_disk(folder, lambda name=f"turn{turn}": measure(
                "commits", plugins["postgres"], facts["connection"], name, str(SECONDS)))
            syncs.append(disk)
            ours.append(commits["per_s"])
            waits.append(commits["p50_us"])
            one.append(pgbench(facts, folder, "one", ONE_STATEMENT, 2 * turn))
            ten.append(pgbench(facts, folder, "ten", TEN_STATEMENTS, 2 * turn + 1))
        best = max(statistics.median(one), statistics.median(ten))
        settings = json.dumps({"connection": facts["connection"], "schema": "engine", "create": True})
        engine, disk = beside_the_disk(folder, lambda: measure("engine", plugins["postgres"], settings)["per_s"])
        return result | {
            "postgres_commits_per_s": round(statistics.median(ours)), "postgres_batch_10_us": statistics.median(waits),
            "postgres_commits_disk_per_s": round(statistics.median(syncs)),
            "pgbench_one_statement_per_s": round(statistics.median(one)),
            "pgbench_ten_statements_per_s": round(statistics.median(ten)),
            "postgres_per_pgbench": round(statistics.median(ours) / best, 3),
            "postgres_engine_per_s": engine, "postgres_engine_disk_per_s": round(disk)}
    finally:
        server.stdin.close()
        server.wait()


with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as folder, \
        tempfile.TemporaryDirectory(prefix="sanad-bench-", dir="/dev/shm") as memory:
    os.chmod(folder, 0o755)  # the server is another user
    busy = [os.getloadavg()[0]]
    result = measure("lmdb", plugins["lmdb"], memory, "lmdb_memory")
    on_disk, disk = beside_the_disk(folder, lambda: measure("lmdb", plugins["lmdb"], folder, "lmdb_disk"))
    result |= on_disk | {"lmdb_commits_per_s": round(1e6 / on_disk["lmdb_disk_batch_10_us"]), "lmdb_commits_disk_per_s": round(disk)}
    settings = json.dumps({"path": f"{folder}/engine", "create": True})
    engine, disk = beside_the_disk(folder, lambda: measure("engine", plugins["lmdb"], settings)["per_s"])
    result |= {"lmdb_engine_per_s": engine, "lmdb_engine_disk_per_s": round(disk)}
    result |= postgres(folder)
    busy.append(os.getloadavg()[0])
result |= {"cores": os.cpu_count(), "load_before_and_after": busy}
result["meets"] = {"lmdb_get_1_us": result["lmdb_memory_get_us"] <= 1,
                   "lmdb_batch_10_in_15_us": result["lmdb_memory_batch_10_us"] <= 15,
                   "postgres_70_percent_of_pgbench": result["postgres_per_pgbench"] >= 0.7}
print(json.dumps(result))
