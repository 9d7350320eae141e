"""Fetching from addresses: only what lies below an allowed one, and no further."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from preceptor.lib.fetching import MOST_LISTED, AddressNotAllowedError, FetchedTooLargeError, Fetcher, NotFetchedError


@pytest.fixture
def site():
    """A web server with one file, one that leads elsewhere, and one that is long."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/open/a.png":
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"picture")
            elif self.path == "/open/long.png":
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"x" * 5_000)
            elif self.path == "/open/away.png":
                self.send_response(302)
                self.send_header("location", "/secret/b.png")
                self.end_headers()
            else:
                self.send_response(404)
                self.end_headers()

        def log_message(self, *_values):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_lies_below_is_fetched_and_redirects_lead_nowhere(site):
    fetcher = Fetcher(f"{site}/open/")
    assert fetcher.read(f"{site}/open/a.png", most=100) == b"picture"
    with pytest.raises(NotFetchedError, match="status 302"):
        fetcher.read(f"{site}/open/away.png", most=100)
    with pytest.raises(NotFetchedError, match="status 404"):
        fetcher.read(f"{site}/open/none.png", most=100)
    with pytest.raises(FetchedTooLargeError):
        fetcher.read(f"{site}/open/long.png", most=100)
    with pytest.raises(AddressNotAllowedError):
        fetcher.read(f"{site}/secret/b.png", most=100)


def test_a_server_that_is_not_there_is_told():
    with pytest.raises(NotFetchedError):
        Fetcher("http://127.0.0.1:9/").read("http://127.0.0.1:9/a.png", most=100)


@pytest.mark.parametrize(
    "address",
    [
        "https://pictures.example.org/street/../secret/a.png",
        "https://pictures.example.org/street/%2e%2e/secret/a.png",
        "https://pictures.example.org/street/..%2fsecret/a.png",
        "https://pictures.example.org/street//../a.png",
        "https://pictures.example.org/streets/a.png",
        "https://pictures.example.org:8443/street/a.png",
        "https://user@pictures.example.org/street/a.png",
        "https://pictures.example.org.evil.example/street/a.png",
        "http://pictures.example.org/street/a.png",
        "https://169.254.169.254/street/a.png",
        "file:///etc/passwd",
        "simplecache::https://pictures.example.org/street/a.png",
        "https://[street/a.png",
        "//pictures.example.org/street/a.png",
        "",
    ],
)
def test_nothing_else_is_asked(address):
    fetcher = Fetcher("https://pictures.example.org/street, s3://lab/pictures/")
    with pytest.raises(AddressNotAllowedError):
        fetcher.check(address)


def test_below_means_below():
    fetcher = Fetcher("https://pictures.example.org/street, s3://lab/pictures/")
    fetcher.check("https://pictures.example.org/street/a/b.png?size=large")
    fetcher.check("s3://lab/pictures/a.png")
    with pytest.raises(AddressNotAllowedError):
        Fetcher("").check("https://pictures.example.org/street/a.png")


def test_a_folder_of_a_bucket_gives_its_pictures(tmp_path):
    for name in ("b.png", "a.JPG", "notes.txt", "deep/c.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    fetcher = Fetcher(f"file://{tmp_path}")
    found = fetcher.names(f"file://{tmp_path}/", endings=(".jpg", ".png"))
    assert [one.removeprefix(f"file://{tmp_path}/") for one in found] == ["a.JPG", "b.png", "deep/c.png"]
    assert fetcher.read(found[2], most=100) == b"deep/c.png"
    with pytest.raises(FetchedTooLargeError):
        fetcher.read(found[2], most=3)
    for number in range(MOST_LISTED + 1):
        (tmp_path / f"{number}.png").write_bytes(b"")
    with pytest.raises(NotFetchedError, match="more than 200"):
        fetcher.names(f"file://{tmp_path}/", endings=(".png",))


def test_a_kind_of_bucket_without_a_driver_is_told():
    with pytest.raises(NotFetchedError):
        Fetcher("nosuch://lab/").read("nosuch://lab/a.png", most=100)
