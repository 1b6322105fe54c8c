"""A FastAPI app with one route that returns the bytes of a file: what a page costs where nothing has to be found.

python benchmarks/bare_route.py FILE PORT
"""

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.responses import Response


def main() -> None:
    """Serve the file until the process is told to stop."""
    file, port = sys.argv[1:]
    body, app = Path(file).read_bytes(), FastAPI()

    @app.get("/")
    def page() -> Response:
        return Response(body, media_type="application/taxii+json;version=2.1")

    uvicorn.run(app, port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
