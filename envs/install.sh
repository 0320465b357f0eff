#!/bin/sh
# Install the pins of requirements.txt into the environment of a Python: sh install.sh PYTHON
set -eu
python=$("$1" -c "import sys; print(sys.executable)")  # absolute: builds run elsewhere
here=$(dirname "$0")

if ! "$python" -c 'import sys; sys.exit(sys.version_info >= (3, 13))' && ! command -v c++ >/dev/null
then
    # tinysoundfont has no wheel for this Python and the machine has no C++ compiler to build it.
    "$python" -m pip install --quiet --no-deps --require-hashes --requirement "$here/compiler.txt"
    tools=$("$python" -c 'import sys; print(sys.prefix)')/zig
    mkdir -p "$tools"
    for tool in cc c++
    do
        printf '#!/bin/sh\nexec "%s" -I -m ziglang %s "$@"\n' "$python" "$tool" > "$tools/$tool"
        chmod +x "$tools/$tool"
    done
    export CC="$tools/cc" CXX="$tools/c++"
fi
"$python" -m pip install --disable-pip-version-check --no-deps --require-hashes \
    --requirement "$here/requirements.txt"
