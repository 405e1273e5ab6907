import os
import subprocess
import sys

from benchmarks.processes import family_mb, resident_mb, run_process

HOLDS = "held = bytearray(b'1') * 200_000_000; print('held', flush=True); input()"


def test_memory_of_a_process_counts_what_its_children_hold():
    parent = [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDS!r}])"]
    process = subprocess.Popen(parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    assert resident_mb(process.pid) < 100
    assert 200 < family_mb(process.pid) < 400
    assert family_mb(os.getpid()) > family_mb(process.pid)
    process.communicate(b"\n")
    assert family_mb(process.pid) == 0


def test_a_run_says_what_it_took_and_what_it_printed():
    run = run_process([sys.executable, "-c", "held = bytearray(b'1') * 200_000_000; print(len(held))"], "holding")
    assert run.output == "200000000\n"
    assert run.peak_mb > 200  # at least: Linux counts what this process held when it started the other
