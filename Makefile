# make demo: the whole workflow on the project's own songs. make test: the tests. Either first.

# The first Python that runs and is of a version that all pins support.
PYTHON ?= $(shell for python in python3.12 python3.11 python3.13 python3 python; do \
	"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo "$$python" && break; done)
CORES ?= $(shell getconf _NPROCESSORS_ONLN)
BIN := .venv/bin

# Of which folder `make list` writes the list, for object storage: see docs/deployment/.
SONGS ?= data/songs

.PHONY: demo list test test-workflow test-places test-all check format lock clusters clouds
demo: .venv/installed
	$(BIN)/snakemake --cores $(CORES) --configfile data/demo.yaml
	@echo "Finished tracks:" && ls results/fx/*/*.mp3

list: .venv/installed
	PYTHONPATH=workflow/scripts $(BIN)/python -m mathrock.songs.list_file $(SONGS)

# Each test is in one of the first three: see MARKED_BY_FIXTURE in tests/conftest.py.
PYTEST = $(BIN)/python -m pytest --dist worksteal
TEST_CLOUDS = PYTHONPATH=.venv/clusters:.venv/clouds CLOUD_TESTS=required $(BIN)/python -m pytest tests/places/clouds
# More workers than cores, because much of what these tests do is to wait for Slurm and for jobs.
WORKERS = $$(($(CORES) + 2))

test: .venv/installed
	$(PYTEST) -n $(CORES) -m "not (workflow or browser or benchmarks or slow or places)"

test-workflow: .venv/installed
	$(PYTEST) -n $(WORKERS) -m "(workflow or browser or benchmarks or slow) and not places"

test-places: .venv/clusters .venv/clouds
	$(PYTEST) -n $(WORKERS) -m places
	$(TEST_CLOUDS)

# In one go, so that what several tests look at is made once.
test-all: .venv/clusters .venv/clouds
	$(PYTEST) -n $(WORKERS)
	$(TEST_CLOUDS)

check: .venv/installed
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow/rules
	PYTHONPATH=workflow/scripts $(BIN)/lint-imports
	$(BIN)/snakemake --lint --config songs=data/demo

format: .venv/installed
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow/rules

# Exact pins, complete, so that pip resolves nothing: basic-pitch asks for an old TensorFlow and
# tinysoundfont for PyAudio, which neither needs here. Where tinysoundfont has no wheel (Python
# 3.13), it is built, with the compiler that the package ziglang brings if the machine has none.
.venv/installed: envs/requirements.txt
	@test -n "$(PYTHON)" || { echo "Error: no Python 3.11, 3.12 or 3.13 found; say make PYTHON=/path/to/python"; exit 1; }
	"$(PYTHON)" -m venv --clear .venv
	sh envs/install.sh $(BIN)/python
	touch $@

# What other places than this machine need, see docs/deployment/: Slurm and S3; the clouds.
clusters: .venv/installed
	$(PIP_INSTALL) --requirement envs/clusters.txt

clouds: clusters
	$(PIP_INSTALL) --requirement envs/clouds.txt

PIP_INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --require-hashes

# For the tests they lie apart: Snakemake loads all that it finds, each time it starts.
.venv/clusters .venv/clouds: .venv/%: envs/%.txt .venv/installed
	rm -rf $@
	$(PIP_INSTALL) --target $@ --requirement $<
	touch $@

# Resolve envs/*.in anew, for all Pythons at once.
lock: .venv/installed
	sh envs/lock.sh "$(CURDIR)/$(BIN)/python"
