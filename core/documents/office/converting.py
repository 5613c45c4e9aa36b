"""Pages are made by another process, which may be hostile content's last: within limits of time and memory, without the
environment's keys, and without a network where the system lets us take it away."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from core.documents.office.document import Pages
from core.documents.office.kinds import HTML, OWN, PACKAGES, SHEETS, SUFFIXES
from core.documents.office.package import Package, harmless
from core.errors import BrokenDocument, DocumentError, DocumentTooLarge, EmptyDocument, UnsupportedDocument
from core.settings import Limits

#: Seconds that making pages may take.
SECONDS = 60
#: What a process of ours and LibreOffice may have, in kilobytes of addresses; and the largest file that it may write.
_OWN_MEMORY, _OFFICE_MEMORY = 2_000_000, 6_000_000
_LARGEST_FILE = 200_000_000
_ROOT = Path(__file__).parents[3]
#: At most so many at once in a process: each takes a processor and up to 300 MB.
_TURNS = threading.BoundedSemaphore(2)
_SLOW = f"no pages could be made of it within {SECONDS} seconds: save it as PDF and add that."
_WITHOUT_OFFICE = "this kind of Office file is read where LibreOffice is installed, and it is not here: save it as PDF, .docx or .xlsx and add it again."
_WORKED_OUT = (
    "It has formulas without values, which LibreOffice worked out: look whether they are what the author sees."
)
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
</oor:items>
"""


class Converter:
    """Makes pages by LibreOffice where it is, else by our own writers. Implements
    :class:`core.documents.office.document.MakePages`."""

    def __init__(self, libreoffice: str = "auto") -> None:
        """``libreoffice`` is the program's path; ``auto`` looks for it, ``none`` does without."""
        self._wish = libreoffice

    @property
    def libreoffice(self) -> str | None:
        """The program that is used, or ``None``."""
        if self._wish == "none":
            return None
        names = ("soffice", "libreoffice") if self._wish == "auto" else (self._wish,)
        return next(filter(None, map(shutil.which, names)), None)

    def __call__(self, data: bytes, kind: str, name: str, limits: Limits) -> Pages:
        """See :class:`core.documents.office.document.MakePages`."""
        office = self.libreoffice
        if kind not in OWN and office is None:
            raise UnsupportedDocument(name, _WITHOUT_OFFICE)
        package = harmless(data, kind, name, limits) if kind in PACKAGES else Package(data)
        with _TURNS, tempfile.TemporaryDirectory(prefix="studio-pages-") as folder:
            made = _Making(Path(folder), name, kind, limits, office).pages(package.data)
        return Pages(made.pdf, (*package.remarks, *made.remarks))


class _Making:
    """Making the pages of one file, in a folder of its own."""

    def __init__(self, folder: Path, name: str, kind: str, limits: Limits, office: str | None) -> None:
        self._folder = folder
        self._name = name
        self._kind = kind
        self._limits = limits
        self._office = office
        self._lacks_values = False

    def pages(self, data: bytes) -> Pages:
        """Raises DocumentError."""
        if self._kind == HTML or self._office is None:
            return self._written(data, "web" if self._kind == HTML else "table" if self._kind in SHEETS else "text")
        if self._kind in SHEETS:
            return self._of_sheets(data)
        pdf = self._converted(data, "pdf")
        if pdf is None and self._kind in OWN:
            return self._written(data, "text")
        if pdf is None:
            raise self._broken()
        return Pages(pdf)

    def _of_sheets(self, data: bytes) -> Pages:
        """Of tables LibreOffice works out the formulas; the pages are ours: printed ones cut wide tables apart and put ### in
        the place of what is too wide."""
        book = data if self._kind in OWN else self._converted(data, "xlsx")
        if book is None:
            raise self._broken()
        made = self._written(book, "table")
        if self._lacks_values and self._kind in OWN and (worked_out := self._converted(data, "xlsx")):
            made = self._written(worked_out, "table")
            return Pages(made.pdf, (_WORKED_OUT, *made.remarks))
        return made

    def _broken(self) -> DocumentError:
        return BrokenDocument(
            self._name,
            "this file is damaged, or protected by a password: get it again, or save it as PDF and add that.",
        )

    def _converted(self, data: bytes, to: str) -> bytes | None:
        """The file as LibreOffice writes it; ``None`` where it does not."""
        assert self._office
        source = self._folder / f"document{SUFFIXES[self._kind]}"
        source.write_bytes(data)
        out = self._folder / "out"
        profile = self._folder / "profile"
        (profile / "user").mkdir(parents=True, exist_ok=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        wish = "pdf" if to == "pdf" else "xlsx:Calc MS Excel 2007 XML"
        command = [
            self._office,
            f"-env:UserInstallation={profile.as_uri()}",
            *"--headless --invisible --norestore --nolockcheck --nodefault --nofirststartwizard".split(),
            "--convert-to",
            wish,
            "--outdir",
            str(out),
            str(source),
        ]
        self._run(command, _OFFICE_MEMORY)
        made = out / f"document.{to}"
        data = made.read_bytes() if made.is_file() and made.stat().st_size <= _LARGEST_FILE else b""
        return data or None

    def _written(self, data: bytes, writer: str) -> Pages:
        """The pages that a writer of ours makes."""
        source, out = self._folder / "source", self._folder / "pages.pdf"
        source.write_bytes(data)
        status = self._run(
            [
                sys.executable,
                "-m",
                "core.documents.office.writing",
                writer,
                str(source),
                str(out),
                str(self._limits.pages),
            ],
            _OWN_MEMORY,
        )
        told = self._folder / "pages.json"
        if status or not told.is_file():
            raise self._broken()
        about = json.loads(told.read_text(encoding="utf-8"))
        self._lacks_values = about["lacks_values"]
        if about["empty"]:
            raise EmptyDocument(self._name, "nothing stands in this file: check that it is the right one.")
        if about["trouble"]:
            raise DocumentTooLarge(self._name, about["trouble"])
        return Pages(out.read_bytes(), tuple(about["remarks"]))

    def _run(self, command: Sequence[str], kilobytes: int) -> int:
        """Run a command to its end, or to ours: it and all that it started are ended then. Raises DocumentTooLarge."""
        process = subprocess.Popen(  # noqa: S603
            _confined([*_without_network(), *command], kilobytes),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            env=self._surroundings(),
            start_new_session=True,
        )
        try:
            return process.wait(min(SECONDS, self._limits.run_seconds))
        except subprocess.TimeoutExpired as error:
            raise DocumentTooLarge(self._name, _SLOW) from error
        finally:
            _end(process)

    def _surroundings(self) -> dict[str, str]:
        """What the process may know: no keys, no addresses, nobody's home."""
        home = str(self._folder)
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(_ROOT),
            "HOME": home,
            "TMPDIR": home,
            "LANG": "C.UTF-8",
            "SAL_USE_VCLPLUGIN": "svp",
            "http_proxy": "http://127.0.0.1:9",
            "https_proxy": "http://127.0.0.1:9",
        }


def _confined(command: Sequence[str], kilobytes: int) -> list[str]:
    """``command`` with limits on memory, processor time and the files that it writes, where there is a shell that sets them."""
    if os.name != "posix":
        return list(command)
    limits = (
        f"ulimit -v {kilobytes} 2>/dev/null; ulimit -t {2 * SECONDS}; ulimit -f {_LARGEST_FILE // 512}; ulimit -c 0"
    )
    return ["/bin/sh", "-c", f'{limits}; exec "$@"', "sh", *command]


@cache
def _without_network() -> tuple[str, ...]:
    """What stands before a command that is to see no network; nothing where the system does not allow it."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    command = (unshare, "--user", "--map-root-user", "--net", "--")
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)  # noqa: S603
    return command if tried.returncode == 0 else ()


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
