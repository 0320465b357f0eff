#!/bin/sh
# Resolve requirements.in and clusters.in for all Pythons at once, so that both fit into one
# environment, into requirements.txt and clusters.txt: sh lock.sh PYTHON
set -eu
cd "$(dirname "$0")"
tools=$(mktemp -d)
"$1" -m venv "$tools"
"$tools/bin/python" -m pip install --quiet uv

resolve() {
    "$tools/bin/uv" pip compile "$@" --universal --fork-strategy fewest \
        --python-version 3.11 --no-annotate --no-header --no-emit-index-url --quiet
}

resolve requirements.in clusters.in > "$tools/all.txt"
{
    echo "# Made by \`make lock\` from requirements.in; install with envs/install.sh."
    resolve requirements.in --constraint "$tools/all.txt"
    echo "# without what they require themselves"
    echo "basic-pitch==0.4.0"
    echo "tinysoundfont==0.3.7"
} > requirements.new
{
    echo "# Made by \`make lock\` from clusters.in; \`make clusters\` installs it."
    resolve clusters.in --constraint "$tools/all.txt"
} > clusters.new
mv requirements.new requirements.txt
mv clusters.new clusters.txt
rm -rf "$tools"
