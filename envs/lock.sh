#!/bin/sh
# Resolve requirements.in for all Pythons at once into requirements.txt: sh lock.sh PYTHON
set -eu
cd "$(dirname "$0")"
tools=$(mktemp -d)
"$1" -m venv "$tools"
"$tools/bin/python" -m pip install --quiet uv
{
    echo "# Made by \`make lock\` from requirements.in; install with envs/install.sh."
    "$tools/bin/uv" pip compile requirements.in --universal --fork-strategy fewest \
        --python-version 3.11 --no-annotate --no-header --no-emit-index-url --quiet
    echo "# without what they require themselves"
    echo "basic-pitch==0.4.0"
    echo "tinysoundfont==0.3.7"
} > requirements.new
mv requirements.new requirements.txt
rm -rf "$tools"
