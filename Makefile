# make setup | run | test | bench | check-long       PYTHON=/path/to/python3.12 chooses the interpreter
# make models trains the silicon model anew and writes its coefficients.
# make run ARGS="--plain --seed 7" hands arguments to `tuyere run`.

PYTHON ?=
ARGS ?=
BIN := .venv/bin
# Any Python 3 can say what is missing; the environment itself is built from PYTHON or the first that can serve.
BOOT = $(shell for p in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 6))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
READY = boot="$(BOOT)"; test -n "$$boot" || { echo "tuyere set-up: no Python 3 was found; install Python 3.11 or newer,\
 or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }; "$$boot" scripts/setup.py $(if $(PYTHON),--python "$(PYTHON)")

.PHONY: setup run test bench check-long models
.DEFAULT_GOAL := setup

setup:
	@$(READY) core
	@echo "ready: make run shows the furnace, make test checks everything, $(BIN)/tuyere --help lists the commands"

run:
	@$(READY) core
	@exec $(BIN)/python -m tui.main run $(ARGS)

test:
	@$(READY) dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m expert.columns.warm
	$(BIN)/python -m pytest -n 2 $(ARGS)

bench:
	@$(READY) bench
	$(BIN)/python -m tui.main bench product
	$(BIN)/python -m tui.main bench engine $(ARGS)

check-long:
	@$(READY) dev
	$(BIN)/python -m pytest -m long $(ARGS)

models:
	@$(READY) ml
	$(BIN)/python -m tui.main train $(ARGS)
