#!/bin/sh
set -eu
python -m pip install --no-deps tinysoundfont==0.3.7
