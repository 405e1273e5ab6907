"""The files of deploy/ that cannot be run here: what can be told from reading them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from dashboard.instance import Instance
from pipeline.cli import app
from tests.servers import ROOT

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def instructions() -> list[tuple[str, str]]:
    """Instruction and rest of every line of the Dockerfile, continued lines as one."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    return [(line.split()[0], line.partition(" ")[2]) for line in joined.splitlines() if line.strip()]


# --- the image -----------------------------------------------------------------------


def test_images_are_named_to_the_patch() -> None:
    named = [rest.split()[0] for name, rest in instructions() if name == "FROM"]
    named += [service["image"] for service in SERVICES.values()]
    assert [image for image in named if not re.fullmatch(r"[a-z-]+:\d+\.\d+(\.\d+)?(-[a-z-]+)?", image)] == []


def test_the_image_installs_the_lock_and_nothing_beside_it() -> None:
    installs = [command for _, rest in instructions() for command in re.findall(r"pip install ([^&]+)", rest)]
    assert len(installs) == 2
    assert all("--no-deps" in command for command in installs)
    assert "--require-hashes" in installs[0]
    assert "--only-binary :all:" in installs[0]
    assert installs[0].split()[-1] == "requirements-hosting.lock"
    assert installs[1].split() == ["--no-deps", "."]
    assert "torch" in DOCKERFILE  # and it looks that there is none
    assert not re.search(r"apt-get|curl|wget|\bADD\b|sudo|index-url|trusted-host", DOCKERFILE)


def test_the_image_runs_as_an_ordinary_user_and_says_whether_it_lives() -> None:
    last = instructions()[max(i for i, (name, _) in enumerate(instructions()) if name == "FROM") :]
    (user,) = [rest for name, rest in last if name == "USER"]
    assert int(user.split(":")[0]) > 10_000
    assert any(name == "HEALTHCHECK" and "/livez" in rest for name, rest in last)
    # As lists: a shell between would keep the signal to stop to itself.
    assert all(rest.startswith("[") for name, rest in last if name in ("ENTRYPOINT", "CMD"))


def test_no_secret_comes_near_the_image() -> None:
    named = re.compile(r"secret|password|token", re.IGNORECASE)
    offences = [f"{name} {rest}" for name, rest in instructions() if name in ("ENV", "ARG") and named.search(rest)]
    assert offences == []
    taken = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line for line in taken if line and not line.startswith("#")}
    assert "*" in kept
    copied = {
        part for name, rest in instructions() if name == "COPY" and "--from" not in rest for part in rest.split()[:-1]
    }
    assert {part for part in copied if not part.startswith("--")} == {line[1:] for line in kept if line.startswith("!")}
    ignored = (DEPLOY / ".gitignore").read_text(encoding="utf-8").split()
    assert {"secrets/", "tls/", "inbox/", "sign-in/"} <= set(ignored)


# --- compose --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_may_do_no_more_than_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert int(service["user"].split(":")[0]) > 0
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(service)
    assert not any("docker.sock" in volume for volume in service["volumes"])


def test_only_the_proxy_can_be_reached_and_only_by_it_the_replicas() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert SERVICES["database"]["networks"] == ["inside"]
    assert SERVICES["proxy"]["networks"] == ["outside"]


def test_only_fits_write_the_store() -> None:
    writers = [name for name, service in SERVICES.items() if "store:/srv/topic-explorer/store" in service["volumes"]]
    assert writers == ["fit"]
    assert SERVICES["fit"]["user"] != SERVICES["app1"]["user"]


def test_secrets_are_files_and_every_one_is_made() -> None:
    for service in SERVICES.values():
        plain = service.get("environment", {})
        assert [name for name in plain if "PASSWORD" in name and not name.endswith("_FILE")] == []
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
    for name in ("instance.env", "fit.env"):
        assert not re.search(r"SECRET|PASSWORD", (DEPLOY / name).read_text(encoding="utf-8"))


def test_what_is_mounted_is_there_or_is_made() -> None:
    for service in SERVICES.values():
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            made = source.startswith(("./secrets", "./tls", "./inbox", "./sign-in")) or source in COMPOSE["volumes"]
            assert made or (DEPLOY / source).is_file(), source


def test_both_ways_to_the_replicas_are_the_same_but_for_names() -> None:
    text = (DEPLOY / "nginx" / "replicas.conf").read_text(encoding="utf-8").partition("\n\n")[2]
    compose = (DEPLOY / "nginx" / "replicas-compose.conf").read_text(encoding="utf-8").partition("\n\n")[2]
    assert compose == text.replace("127.0.0.1:8501", "app1:8501").replace("127.0.0.1:8502", "app2:8502")
    for number, name in ((8501, "app1"), (8502, "app2")):
        assert str(number) in SERVICES[name]["command"]
        assert str(number) in SERVICES[name]["healthcheck"]["test"][-1]


# --- commands, variables, units ------------------------------------------------------------------


def told_commands() -> Iterator[tuple[str, str, str]]:
    """File, command and options of every call of ``topic-explorer``."""
    calls = re.compile(r"topic-explorer[\"']?,? (?:\[)?\"?([a-z]+)\b([^\n&]*)")
    for path in (DEPLOY / "Dockerfile", DEPLOY / "compose.yaml", *UNITS):
        for line in path.read_text(encoding="utf-8").splitlines():
            if re.search(r"command:|CMD \[\"topic|ExecStart=|- topic-explorer", line):
                for name, rest in calls.findall(line.replace('", "', " ").replace(", ", " ")):
                    yield path.name, name, rest


def test_every_command_exists_with_its_options() -> None:
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    seen = list(told_commands())
    assert {name for _, name, _ in seen} == {"serve", "fit", "prune"}
    for file, name, rest in seen:
        real = {word for option in commands[name].params for word in (*option.opts, *option.secondary_opts)}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= real, f"{file}: {name}{rest}"


def test_every_variable_is_one_of_ours() -> None:
    known = {f"TOPIC_EXPLORER_{name.upper()}" for name in Instance.model_fields}
    known |= {f"TOPIC_EXPLORER_{name}" for name in ("STORE", "CACHE", "ALLOWED_HOSTS")}
    told = {
        variable
        for path in DEPLOY.rglob("*")
        if path.is_file()
        for variable in re.findall(r"TOPIC_EXPLORER_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8"))
    }
    assert told - known == set()


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_service_may_do_no_more_than_it_must(unit: Path) -> None:
    lines = [line for line in unit.read_text(encoding="utf-8").splitlines() if "=" in line and not line.startswith("#")]
    settings = dict(line.split("=", 1) for line in lines)
    assert settings["User"].startswith("topic-explorer")
    assert settings["NoNewPrivileges"] == settings["ProtectHome"] == settings["PrivateTmp"] == "true"
    assert settings["ProtectSystem"] == "strict"
    assert settings["CapabilityBoundingSet"] == ""
    assert settings["SystemCallArchitectures"] == "native"
    assert not any("SECRET=" in line or "PASSWORD=" in line for line in lines)


def test_the_dashboard_cannot_write_the_store_and_fits_see_no_secret() -> None:
    replica = (DEPLOY / "systemd" / "topic-explorer@.service").read_text(encoding="utf-8")
    fit = (DEPLOY / "systemd" / "topic-explorer-fit@.service").read_text(encoding="utf-8")
    assert "ReadOnlyPaths=/srv/topic-explorer/store" in replica
    assert "ReadWritePaths" not in replica
    assert "LoadCredential" not in fit
    assert "PrivateNetwork=true" in fit


# --- secrets ----------------------------------------------------------------------------------------


def test_secrets_are_long_differ_and_are_made_once(tmp_path: Path) -> None:
    def make() -> dict[str, str]:
        command = [str(DEPLOY / "make-secrets"), str(tmp_path / "secrets")]
        subprocess.run(command, check=True, capture_output=True)
        return {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "secrets").iterdir()}

    first = make()
    assert make() == first
    assert set(COMPOSE["secrets"]) | {"proxy-secret.conf"} == set(first)
    plain = [first[name] for name in first if name.endswith(("SECRET", "PASSWORD"))]
    assert len(set(plain)) == len(plain) == 4
    assert all(re.fullmatch(r"[0-9a-f]{64}", secret) for secret in plain)
    assert first["TOPIC_EXPLORER_PROXY_SECRET"] in first["proxy-secret.conf"]
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("variable", ["CREDENTIALS_DIRECTORY", "SECRETS_FOLDER"])
def test_a_secret_in_a_file_reaches_the_program_and_other_files_do_not(tmp_path: Path, variable: str) -> None:
    (tmp_path / "TOPIC_EXPLORER_PROXY_SECRET").write_text('a "b" $c `d`\n', encoding="utf-8")
    (tmp_path / "PATH").write_text("elsewhere", encoding="utf-8")
    program = "import os; print(os.environ['TOPIC_EXPLORER_PROXY_SECRET']); print(os.environ['PATH'])"
    done = subprocess.run(
        [str(DEPLOY / "with-secrets"), sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], variable: str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ['a "b" $c `d`', os.environ["PATH"]]
