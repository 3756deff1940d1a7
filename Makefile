# make plan   plans scenarios/township and prints the schedule
# make test   runs every check that CI runs
# Both set everything up in .venv first, with Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: plan test quick slow bench bench-model bench-plan bench-solvers lint docs clean

plan: $(READY)
	@$(BIN)/returnsim plan scenarios/township --out out/township --seed 1; status=$$?; \
	if [ -f out/township/schedule.zh.pdf ]; then \
		echo "PDF: $(CURDIR)/out/township/schedule.zh.pdf"; \
		echo "     $(CURDIR)/out/township/schedule.en.pdf"; \
	fi; exit $$status

test: lint
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

quick: $(READY)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not slow"

slow: $(READY)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m slow

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: bench-model bench-plan bench-solvers

bench-model: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(BIN)/python benchmarks/simpy_model.py
	$(BIN)/python benchmarks/kernel.py
	$(BIN)/python benchmarks/limits.py

bench-plan: $(READY)
	$(BIN)/python benchmarks/optimise.py S M L XL

bench-solvers: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(BIN)/python benchmarks/solvers.py

docs: $(READY)
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/clauses_matrix.py
	RETURNSIM_WRITE_DOCS=1 $(BIN)/python -m pytest -q tests/validation

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "Python's venv is missing. On Debian or Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $(READY)

clean:
	rm -rf $(VENV) out build dist
