"""A bucket on this machine alone with the small project's songs, and a folder with its code."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from project import CLUSTERS, Project, make_project, make_songs

SERVER = Path(__file__).parents[2] / "support/s3_server.py"
KEYS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
SMALL = {"one": {"model": "lstm", "song": "eleven.mid"}}
PREFIX = "small"


class Bucket:
    """A bucket of an S3 server; `fail` makes the server fail."""

    def __init__(self, name, address, faults):
        self.name, self.address, self.faults = name, address, faults
        self.client = boto3.client(
            "s3",
            endpoint_url=address,
            region_name="us-east-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
        )
        self.client.create_bucket(Bucket=name)

    def listing(self, below=""):
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=f"{PREFIX}/{below}"
        )
        found = (item["Key"] for page in pages for item in page.get("Contents", []))
        return [key.removeprefix(f"{PREFIX}/") for key in found]

    def read(self, key):
        return self.client.get_object(Bucket=self.name, Key=f"{PREFIX}/{key}")["Body"].read()

    def put(self, path, key):
        self.client.upload_file(str(path), self.name, f"{PREFIX}/{key}")

    def midi(self):
        return {key: self.read(key) for key in self.listing("results") if key.endswith(".mid")}

    def fail(self, how, times):
        self.faults.write_text(f"{how} {times}")

    def faults_left(self):
        return int(self.faults.read_text().split()[1])


class ProjectElsewhere(Project):
    """A folder of code whose songs and results are in a bucket."""

    def __init__(self, folder, bucket):
        super().__init__(folder)
        self.bucket = bucket

    def command(self, *arguments):
        return [
            *super().command(),
            "--profile",
            "profiles/s3",
            "--storage-s3-endpoint-url",
            self.bucket.address,
            "--storage-s3-region",
            "us-east-1",  # as many as there are: no target may follow
            "--default-storage-prefix",
            f"s3://{self.bucket.name}/{PREFIX}",
            *arguments,
        ]


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def make_small(folder):
    project = make_project(folder)
    project.configure(takes=SMALL)
    return project


@pytest.fixture(scope="session")
def local(once):
    """The same project with its songs in a folder, after its first run."""

    def build(folder):
        project = make_small(folder)
        songs = folder / "data/songs"
        make_songs(songs)
        (songs / "Paper & {planets}.wav").rename(songs / "Paper & (planets).wav")
        (songs / "math rock/Söng #1's.MP3").rename(songs / "math rock/Söng 1's.MP3")
        project.run()

    return Project(once("local-project", build))


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The address of an S3 server, and the file that makes it fail."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    with (folder / "printed.txt").open("w") as printed:
        process = subprocess.Popen(
            [sys.executable, SERVER, str(port), folder / "faults.txt"],
            env=os.environ | {"PYTHONPATH": str(CLUSTERS)},
            stdout=printed,
            stderr=printed,
        )
    while process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    assert process.poll() is None, (folder / "printed.txt").read_text()
    yield f"http://127.0.0.1:{port}", folder / "faults.txt"
    process.kill()
    process.wait()


@pytest.fixture
def elsewhere(server, local, clusters, tmp_path, request):
    """A folder with code and a list of songs, no song; the songs are in a bucket."""
    address, faults = server
    faults.write_text("")
    bucket = Bucket(f"bucket-{os.getpid()}-{abs(hash(request.node.name)) % 10**8}", address, faults)
    project = make_small(tmp_path / "code")
    songs = local.path("data/songs")
    paths = [path for path in sorted(songs.rglob("*.*")) if path.is_file()]
    names = [f"data/songs/{path.relative_to(songs)}" for path in paths]
    for path, name in zip(paths, names, strict=True):
        bucket.put(path, name)
    project.path("data/songs.txt").write_text("".join(f"{name}\n" for name in names))
    project.configure(songs="data/songs.txt")
    yield ProjectElsewhere(project.folder, bucket)
    faults.write_text("")
