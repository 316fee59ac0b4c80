# SPDX-License-Identifier: GPL-3.0-or-later
# A thin front for the presets of CMakePresets.json.
.DEFAULT_GOAL := build
.PHONY: build test demo deps format asan tsan fuzz clean
# Seconds for each fuzz target, and where its inputs come from: 0 tries others every time.
FUZZ_SECONDS ?= 60
FUZZ_SEED ?= 1

deps:
	@sh installer/install_packages.sh

build: deps
	cmake --preset release
	cmake --build --preset release

test: build
	ctest --preset release
	$(MAKE) fuzz

# With a display the workbench opens and trains; without one the same job runs as a command.
demo: build
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then \
	    exec build/release/forecastle --demo; \
	else \
	    exec build/release/forecastle demo --out build/demo; \
	fi

asan tsan: deps
	cmake --preset $@
	cmake --build --preset $@
	ctest --preset $@

# Two targets at a time, each for FUZZ_SECONDS; what breaks one stays in build/fuzz/fuzz.
fuzz: deps
	cmake --preset fuzz -DCMAKE_CXX_COMPILER=$$(command -v clang++-14 || command -v clang++) \
	  -DFUZZ_SECONDS=$(FUZZ_SECONDS) -DFUZZ_SEED=$(FUZZ_SEED)
	cmake --build --preset fuzz
	ctest --preset fuzz

format:
	find app engine tests ui -name '*.cpp' -o -name '*.h' | xargs clang-format -i

clean:
	rm -rf build
