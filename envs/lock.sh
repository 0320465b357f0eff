#!/bin/sh
# Resolve requirements.in, clusters.in and clouds.in for all Pythons at once, so that all fit into one
# environment, into a .txt each, with the hashes of all files that pip may take; what an earlier one
# has the next leaves out: sh lock.sh PYTHON
set -eu
cd "$(dirname "$0")"
tools=$(mktemp -d)
"$1" -m venv "$tools"
"$tools/bin/python" -m pip install --quiet uv

compile() {
    "$tools/bin/uv" pip compile "$@" --universal --fork-strategy fewest \
        --python-version 3.11 --no-annotate --no-header --no-emit-index-url --quiet
}

# Write the pins of standard input, with hashes, below a comment, into a file.
write() {
    cat > "$tools/pins.in"
    { echo "# $2"; compile "$tools/pins.in" --no-deps --generate-hashes; } > "$1"
}

compile requirements.in clusters.in clouds.in > "$tools/all.txt"
{
    compile requirements.in --constraint "$tools/all.txt"
    # without what they require themselves
    echo "basic-pitch==0.4.0"
    echo "tinysoundfont==0.3.7"
} > "$tools/requirements.txt"
compile clusters.in --constraint "$tools/all.txt" | grep -vxFf "$tools/requirements.txt" \
    > "$tools/clusters.txt"
compile clouds.in --constraint "$tools/all.txt" \
    | grep -vxFf "$tools/requirements.txt" | grep -vxFf "$tools/clusters.txt" > "$tools/clouds.txt"
write requirements.txt "Made by \`make lock\` from requirements.in; install with envs/install.sh." \
    < "$tools/requirements.txt"
write clusters.txt "Made by \`make lock\` from clusters.in; \`make clusters\` installs it." \
    < "$tools/clusters.txt"
write clouds.txt "Made by \`make lock\` from clouds.in; \`make clouds\` installs it." \
    < "$tools/clouds.txt"
echo "ziglang==0.15.2" | write compiler.txt "Made by \`make lock\`; envs/install.sh installs it if it has to."
rm -rf "$tools"
