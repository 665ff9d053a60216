"""`make run`: plays the story, then serves on this machine until Ctrl-C."""

import os
import secrets
import sys
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.exc import SQLAlchemyError

from chalicelib import wiring
from chalicelib.errors import BadSettings, StoreBusy
from chalicelib.handlers import logs
from local.messenger import start as messenger
from local.server import HOST, LocalServer, running
from local.story import StoryFailed, play

DEFAULT_PORT = 8000
LAST_PORT = 65535


def main() -> int:
    """The exit status: 0 when all went well, 1 when the story failed, 2 for what the user must change first."""
    logs.configure(steps=False)
    given = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not given.isascii() or not given.isdigit() or len(given) > len(str(LAST_PORT)) or int(given) > LAST_PORT:
        return _complain(f"PORT must be a number from 0 to {LAST_PORT}, for example: PORT=8080 make run")
    port = int(given)
    once = os.environ.get("ONCE") == "1"
    told = True
    if once or os.environ.get("STORY") != "0":
        told = _story()
    if once:
        return 0 if told else 1
    return _serve(port)


def _story() -> bool:
    """Play on a throwaway database and a free port; whether all steps went well."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        token = secrets.token_urlsafe(24)
        # An installation's own settings, bot and alerts stay out of it: the story is about this code on this machine.
        for name in [name for name in os.environ if name.startswith("HITL_")]:
            del os.environ[name]
        os.environ.update({"HITL_DATA": folder, "HITL_ADMIN_TOKEN": token})
        wiring.forget()
        print("The guide's story, on a throwaway database:", flush=True)
        try:
            with running() as url:
                play(url, token, lambda line: print(f"  ok  {line}", flush=True))
        except StoryFailed as failure:
            print(f"  FAILED  {failure}", flush=True)
            print("  (STORY=0 leaves the story out. It expects the example bot of chalicelib/bot.py.)", flush=True)
            return False
        finally:
            wiring.forget()
            os.environ.clear()
            os.environ.update(before)
    return True


def _serve(port: int) -> int:
    try:
        server = LocalServer(port)
    except PermissionError:
        return _complain(f"Port {port} needs rights you do not have. Another one: PORT={DEFAULT_PORT} make run")
    except OSError:
        return _complain(f"Port {port} on {HOST} is taken. Let one be chosen: PORT=0 make run")
    with closing(server):
        return _serve_on(server)


def _serve_on(server: LocalServer) -> int:
    data = Path(os.environ.get("HITL_DATA", "").strip() or ".hitl")
    try:
        data.mkdir(parents=True, exist_ok=True)
        if not os.environ.get("HITL_ADMIN_TOKEN", "").strip():
            os.environ["HITL_ADMIN_TOKEN"] = _kept_token(data / "admin-token")
        os.environ.setdefault("HITL_ALERTS", "log")
        os.environ.setdefault("HITL_PUBLIC_URL", server.url)
        simulated = _simulate_messenger(server)
        wiring.forget()
        token = quote(wiring.settings().admin_token or "", safe="")
        wiring.desk()
    except BadSettings as mistakes:
        return _complain(f"The settings need a change:\n{mistakes}")
    except (StoreBusy, SQLAlchemyError) as error:
        return _complain(
            f"The store cannot be used: {str(error).splitlines()[0]}\nFor more: .venv/bin/python manage.py doctor"
        )
    except OSError as error:
        return _complain(f"The folder {data} cannot be used ({error.strerror}). HITL_DATA=<folder> names another.")
    print(f"\nWeb chat:    {server.url}/webchat")
    print(f"Admin page:  {server.url}/admin#token={token}")
    if simulated:
        print(f"Messenger:   {server.url}/simulator   (simulated)")
    print(f"Data:        {data}/   (Ctrl-C ends the server; the data stay)\n", flush=True)
    with suppress(KeyboardInterrupt):
        server.serve()
    wiring.forget()
    print("Stopped.", flush=True)
    return 0


def _simulate_messenger(server: LocalServer) -> bool:
    """Put a simulated Messenger beside the app, unless the installation has settings for the real one; whether it did."""
    if not messenger.is_wanted(os.environ):
        return False
    platform, simulator = messenger.set_up(server.url, os.environ)
    server.serve_also(simulator.handle)
    platform.start_pumping()
    return True


def _kept_token(path: Path) -> str:
    """The supervisor's token of this folder, made once, readable by its owner only."""
    if path.exists() and len(path.read_text(encoding="utf-8").strip()) >= 16:  # noqa: PLR2004 - as in settings
        return path.read_text(encoding="utf-8").strip()
    token = secrets.token_urlsafe(24)
    path.touch(mode=0o600)
    path.write_text(token + "\n", encoding="utf-8")
    return token


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before the server stood
        sys.exit(130)
