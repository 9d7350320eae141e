"""Releases on their way to a bucket and to a hub: real servers of those protocols, on this machine."""

import json
import os
import subprocess
import sys
from hashlib import sha256

import boto3
import httpx
import msgspec
import pytest
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem

from preceptor.datasets.queries import FileView
from preceptor.datasets.sending import NotSentError, UnknownPlaceError, send_release
from tests.datasets.hub_server import TOKEN, Hub

CARD = "---\nlicense: cc-by-4.0\nconfigs:\n- config_name: scored\n---\n\n# Everyday questions\n"
CONTENTS = {
    "README.md": CARD.encode(),
    "scored/train.jsonl": b'{"prompt": "Ol\xc3\xa1?"}\n' * 400,
    "trl-preference/train.parquet": bytes(range(256)) * 40,
    "empty/train.jsonl": b"",
}

# As the command line does it, in a process of its own: the hub's address and token are read when its library is loaded.
SEND = """
import json, sys
from pathlib import Path
import msgspec
from preceptor.datasets.queries import FileView
from preceptor.datasets.sending import send_release
from preceptor.lib.errors import ProblemError
files = msgspec.json.decode(sys.argv[2], type=list[FileView])
try:
    print(json.dumps(list(send_release(Path(sys.argv[1]), files, sys.argv[3], told="everyday, release 3"))))
except ProblemError as error:
    sys.exit(f"{error.code} {error}")
"""


@pytest.fixture
def release(tmp_path):
    folder = tmp_path / "release"
    files = []
    for path, data in CONTENTS.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
        files.append(FileView(path=path, bytes=len(data), rows=data.count(b"\n"), sha256=sha256(data).hexdigest()))
    return folder, files


@pytest.fixture
def hub():
    with Hub() as hub:
        yield hub


def push(release, hub, address, *, token=TOKEN):
    folder, files = release
    outside = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    env = outside | {
        "HF_ENDPOINT": hub.address,
        "HF_TOKEN": token,
        "HF_HOME": str(folder.parent / "hf"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "NO_PROXY": "127.0.0.1",
    }
    command = [sys.executable, "-c", SEND, str(folder), msgspec.json.encode(files).decode(), address]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_a_release_is_pushed_to_a_hub_whole_and_in_one_commit(release, hub):
    done = push(release, hub, "hf://datasets/lab/everyday")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == list(CONTENTS)
    assert hub.repos == {"lab/everyday": True}  # nobody else sees it before its owner says so
    assert hub.files["lab/everyday", "main"] == CONTENTS
    assert hub.commits["lab/everyday", "main"] == ["everyday, release 3"]
    # Large files went as such.
    assert set(hub.blobs.values()) == {data for data in CONTENTS.values() if len(data) >= hub.limit}

    # The next release replaces the files; a repository that is there stays as it is.
    hub.repos["lab/everyday"] = False
    folder, files = release
    (folder / "README.md").write_bytes(CARD.encode() + b"\nRelease 4\n")
    again = push((folder, files), hub, "hf://datasets/lab/everyday/")
    assert again.returncode == 0, again.stderr
    assert hub.repos == {"lab/everyday": False}
    assert hub.files["lab/everyday", "main"]["README.md"].endswith(b"Release 4\n")
    assert len(hub.commits["lab/everyday", "main"]) == 2


def test_a_folder_and_a_revision_of_a_dataset_can_be_named(release, hub):
    done = push(release, hub, "hf://datasets/lab/everyday@drafts/data/v3")
    assert done.returncode == 0, done.stderr
    assert set(hub.files["lab/everyday", "drafts"]) == {f"data/v3/{path}" for path in CONTENTS}


def test_a_hub_that_refuses_is_told_in_its_words(release, hub):
    nobody = push(release, hub, "hf://datasets/lab/everyday", token="hf_wrong")
    assert nobody.returncode == 1
    assert nobody.stderr.startswith("not_sent")
    assert "401" in nobody.stderr
    hub.refuse = "You are over your storage quota"
    full = push(release, hub, "hf://datasets/lab/everyday")
    assert full.returncode == 1
    assert "over your storage quota" in full.stderr
    assert hub.files == {}


@pytest.fixture
def bucket(monkeypatch):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-south-2")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    httpx.post(f"http://{host}:{port}/moto-api/reset")  # what it holds, it holds for the whole process
    S3FileSystem.clear_instance_cache()  # and others remember where a server of before was
    client = boto3.client("s3")
    client.create_bucket(Bucket="releases", CreateBucketConfiguration={"LocationConstraint": "eu-south-2"})
    yield client
    client.close()
    S3FileSystem.clear_instance_cache()
    server.stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_release_goes_to_a_bucket(release, bucket):
    folder, files = release
    assert list(send_release(folder, files, "s3://releases/everyday/3")) == list(CONTENTS)
    listed = bucket.list_objects_v2(Bucket="releases")["Contents"]
    assert {one["Key"]: one["Size"] for one in listed} == {
        f"everyday/3/{path}": len(data) for path, data in CONTENTS.items()
    }
    for path, data in CONTENTS.items():
        assert bucket.get_object(Bucket="releases", Key=f"everyday/3/{path}")["Body"].read() == data


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_misspelt_bucket_is_not_made(release, bucket):
    folder, files = release
    with pytest.raises(NotSentError):
        list(send_release(folder, files, "s3://relaeses/everyday/3"))
    assert [one["Name"] for one in bucket.list_buckets()["Buckets"]] == ["releases"]


def test_a_place_that_nothing_can_write_to_is_told(release):
    folder, files = release
    with pytest.raises(UnknownPlaceError):
        list(send_release(folder, files, "nowhere://x"))
