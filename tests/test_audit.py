"""``make audit`` never calls clean what it could not ask about."""

import json
from datetime import date

import pytest

from tests.audit import CLEAN, FOUND, LOCKS, NOT_RUN, SOURCES, Waiver, audit

TODAY = date(2026, 11, 25)


def pip_audit(known: str, found: int = 0):
    """A pip-audit whose sources answer ``known`` about the vulnerable release and ``found`` about locks."""
    asked = []

    def run(arguments):
        asked.append(list(arguments))
        about_lock = any(str(argument).endswith(".lock") for argument in arguments)
        return (found, "urllib3 1.24.1 PYSEC-1") if about_lock else (1, known)

    return run, asked


VULNERABLE = json.dumps({"dependencies": [{"name": "urllib3", "version": "1.24.1", "vulns": [{"id": "PYSEC-1"}]}]})
IGNORANT = json.dumps({"dependencies": [{"name": "urllib3", "version": "1.24.1", "vulns": []}]})
SKIPPED = json.dumps({"dependencies": [{"name": "urllib3", "skip_reason": "not found"}]})


@pytest.mark.parametrize("known", ["", "<html>", IGNORANT, SKIPPED, '{"dependencies": []}'])
def test_a_source_that_does_not_answer_or_knows_nothing_is_no_clean_bill(capsys, known):
    run, asked = pip_audit(known)
    assert audit(run, TODAY) == NOT_RUN
    said = capsys.readouterr().out
    assert said.startswith("NOT RUN")
    assert "nothing known" not in said
    assert len(asked) == len(SOURCES)


def test_every_lock_is_asked_about_with_its_hashes(capsys):
    run, asked = pip_audit(VULNERABLE)
    assert audit(run, TODAY) == CLEAN
    assert [arguments[-1].rpartition("/")[2] for arguments in asked[1:]] == list(LOCKS)
    assert all({"--strict", "--require-hashes"} <= set(arguments) for arguments in asked[1:])
    assert capsys.readouterr().out.count("nothing known") == len(LOCKS)


def test_what_is_found_is_shown_and_fails(capsys):
    run, _ = pip_audit(VULNERABLE, found=1)
    assert audit(run, TODAY) == FOUND
    assert "PYSEC-1" in capsys.readouterr().out


def test_an_exception_has_a_reason_and_an_end(capsys):
    run, asked = pip_audit(VULNERABLE)
    waiver = Waiver("PYSEC-1", "the broken function is not called", date(2026, 12, 1))
    assert audit(run, TODAY, [waiver]) == CLEAN
    assert asked[-1][-2:] == ["--ignore-vuln", "PYSEC-1"]
    assert "until 2026-12-01: the broken function is not called" in capsys.readouterr().out
    assert audit(run, date(2026, 12, 2), [waiver]) == FOUND
    assert "ended on 2026-12-01" in capsys.readouterr().out
