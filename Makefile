# Sets up what is missing, then runs. `make` alone lists what there is.
.PHONY: help demo test requirements format lint
.DEFAULT_GOAL := help

STAMP := .venv/.requirements
RUN := .venv/bin
# mypy reads the settings and ends without stopping what they start: it is given servers that are not there.
NO_SERVERS := DATABASE_URL=postgresql:///none DATABASE_OWNER_URL=postgresql:///none CELERY_BROKER_URL=memory://

help:
	@echo "make demo          run the portal on a sample register; ARGS=\"--points 20000 --port 8123\" passes options"
	@echo "make test          check the format, the code and the types, and run all tests"
	@echo "make lint          check the format, the code and the types only"
	@echo "make format        put the code in its format"
	@echo "make requirements  pin the newest versions that pyproject.toml allows in requirements.txt (needs uv)"

demo: $(STAMP)
	@exec $(RUN)/python manage.py demo $(ARGS)

test: lint
	@.ci/chromium
	$(RUN)/pytest

lint: export TEST = 1
lint: export DES_DIR = $(CURDIR)/.var/test
lint: $(STAMP)
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/lint-imports
	$(NO_SERVERS) $(RUN)/mypy
	$(RUN)/python manage.py makemigrations --check --dry-run

format: $(STAMP)
	$(RUN)/ruff format .
	$(RUN)/ruff check --fix .

requirements:
	uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-annotate \
	    --python-version 3.12 --group dev --custom-compile-command "make requirements" \
	    pyproject.toml -o requirements.txt

# The stamp is written last, so an environment left half made is made again. That a requirement was dropped
# cannot be told from what is installed: so it is always made from nothing.
$(STAMP): requirements.txt
	@python=$$(.ci/python) || exit 1; \
	echo "Installing the requirements into .venv; this takes a minute or two, once."; \
	rm -rf .venv && "$$python" -m venv .venv && \
	$(RUN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
	@touch $@
