#!/bin/sh
# Resolve requirements.in, clusters.in and clouds.in for all Pythons at once, so that all fit into one
# environment, into a .txt each; what an earlier one has the next leaves out: sh lock.sh PYTHON
set -eu
cd "$(dirname "$0")"
tools=$(mktemp -d)
"$1" -m venv "$tools"
"$tools/bin/python" -m pip install --quiet uv

resolve() {
    "$tools/bin/uv" pip compile "$@" --universal --fork-strategy fewest \
        --python-version 3.11 --no-annotate --no-header --no-emit-index-url --quiet
}

resolve requirements.in clusters.in clouds.in > "$tools/all.txt"
{
    echo "# Made by \`make lock\` from requirements.in; install with envs/install.sh."
    resolve requirements.in --constraint "$tools/all.txt"
    echo "# without what they require themselves"
    echo "basic-pitch==0.4.0"
    echo "tinysoundfont==0.3.7"
} > "$tools/requirements.txt"
{
    echo "# Made by \`make lock\` from clusters.in; \`make clusters\` installs it."
    resolve clusters.in --constraint "$tools/all.txt" | grep -vxFf "$tools/requirements.txt"
} > "$tools/clusters.txt"
{
    echo "# Made by \`make lock\` from clouds.in; \`make clouds\` installs it."
    resolve clouds.in --constraint "$tools/all.txt" \
        | grep -vxFf "$tools/requirements.txt" | grep -vxFf "$tools/clusters.txt"
} > "$tools/clouds.txt"
mv "$tools/requirements.txt" "$tools/clusters.txt" "$tools/clouds.txt" .
rm -rf "$tools"
