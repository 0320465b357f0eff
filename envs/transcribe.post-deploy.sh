#!/bin/sh
set -eu
python -m pip install --no-deps basic-pitch==0.4.0
