"""Take the picture of the README: the network page of the demo's made-up campaign, in Chromium.

Run by `make picture`.
"""

import sys
import threading
import time
from io import BytesIO
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

from watchbell.clock import system_clock
from watchbell.desk.accounts import open_session
from watchbell.desk.demo import ACCOUNT
from watchbell.model.evidence import EvidenceKind
from watchbell.vault.workspace import Workspace
from watchbell.web.app import create_app
from watchbell.web.guard import COOKIE

CHROMIUM = "/usr/bin/chromium"
SIZE: ViewportSize = {"width": 1280, "height": 900}
# What the script draws settles within a second; nothing on the page says when it has.
SETTLED_S = 2
COLOURS = 128
MARGIN = 20


def main(root: Path, out: Path) -> None:
    """Write the picture of the largest case's network in the workspace at `root` to `out`."""
    with Workspace.open(root) as workspace:
        server = uvicorn.Server(uvicorn.Config(create_app(workspace), port=0, log_level="warning"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        host, port = server.servers[0].sockets[0].getsockname()
        shot = photographed(f"http://{host}:{port}", f"/desk/networks/{network_of(workspace)}", token_of(workspace))
        server.should_exit = True
        thread.join()
    out.parent.mkdir(parents=True, exist_ok=True)
    Image.open(BytesIO(shot)).convert("RGB").quantize(COLOURS).save(out, optimize=True)


def network_of(workspace: Workspace) -> str:
    """Return the group of the case in which most kinds of evidence meet."""
    cases = workspace.vault.cases.all()
    case = max(cases, key=lambda case: (len({piece.kind for piece in case.evidence}), len(case.evidence)))
    return next(piece.subject for piece in case.evidence if piece.kind is EvidenceKind.GROUP)


def token_of(workspace: Workspace) -> str:
    """Open a session of the demo's account for one hour."""
    user = workspace.vault.users.get(ACCOUNT)
    if user is None:
        sys.exit("This is not a workspace of `watchbell demo`: its account is missing.")
    return open_session(workspace.vault, user, system_clock(), 1).token


def photographed(address: str, path: str, token: str) -> bytes:
    """Return the top of a page of the desk as PNG."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--headless", "--no-sandbox"])
        context = browser.new_context(base_url=address, viewport=SIZE)
        context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        page = context.new_page()
        page.goto(path)
        page.wait_for_timeout(SETTLED_S * 1_000)
        picture = page.locator("section", has=page.locator("#picture")).bounding_box()
        if picture is None:
            sys.exit("The page shows no picture.")
        height = int(picture["y"] + picture["height"]) + MARGIN
        shot = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": SIZE["width"], "height": height})
        browser.close()
    return shot


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
