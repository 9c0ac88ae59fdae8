# gradus: builds the grader, grades submissions, tests itself.  `make help` lists the verbs.
# The homework itself is built by grader/homework.mk from lists that the documents give.

BUILD      ?= build
SUBMISSION ?= reference
OUT        ?= $(BUILD)/grade
SECRET     ?=
ifeq ($(origin CC),default)
CC         := gcc
endif
JOBS       ?= $(shell nproc)
# V=1 shows the commands.
MAKEFLAGS  += --no-builtin-rules --no-print-directory $(if $(V),,--silent)

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
CFLAGS   := -std=c11 -D_GNU_SOURCE -O2 -g -fstack-protector-strong $(WARNINGS) -MMD -MP $(EXTRA_CFLAGS)
LDFLAGS  := $(EXTRA_LDFLAGS)
# What students compile too: POSIX, and every warning they could see.
PUBLIC_CFLAGS := -std=c11 -D_DEFAULT_SOURCE -D_DARWIN_C_SOURCE -O2 -g $(WARNINGS) -MMD -MP $(EXTRA_CFLAGS)
CHECK_LIBS = $(shell pkg-config --libs check 2>/dev/null)
LIBS       = $(shell pkg-config --libs libcjson libarchive libcmark-gfm libpng expat 2>/dev/null) -lm
# A program has its name when it is whole: what was ended while it linked is not taken for built.
LINKED     = -o $@.part && mv $@.part $@
.DELETE_ON_ERROR:
# What the trainer computes and reads with.  As needed: OpenBLAS starts threads wherever it is loaded.
TRAINER_LIBS = -Wl,--as-needed $(shell pkg-config --libs openblas zlib 2>/dev/null) -lpthread -ldl
export CC BUILD CHECK_LIBS EXTRA_CFLAGS EXTRA_LDFLAGS

STAGES := base document box intake build worker judge memory score export marks
# Programs of their own or pieces of one: not part of the library.
INSIDE := $(wildcard grader/worker/inside*.c grader/worker/keep*.c)
JUDGE  := $(filter-out $(addprefix grader/judge/,attachment.c handed.c judges.c verdict.c),$(wildcard grader/judge/*.c))
# On a laptop one process is all; in the judge others do what these do.
LAPTOP := $(addprefix grader/public/,attach.c data.c direct.c main.c memo.c)
PUBLIC := $(filter-out $(LAPTOP),$(wildcard grader/public/*.c))
LIBRARY := $(filter-out $(INSIDE) $(JUDGE),$(wildcard $(STAGES:%=grader/%/*.c)))
objects = $(patsubst %.c,$(BUILD)/objects/%.o,$(1))

.PHONY: all homework homeworks help grade marks gradescope gradescope-rehearsal template check faults hostile prove \
	margins bench gpu-bench gpu-check coverage fuzz fuzzers lint format promote clean packages check-packages

all: packages homeworks ## build everything

help: ## this list
	@echo "make VERB, where VERB is one of"
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  %-20s %s\n", $$1, $$2 }' Makefile \
		$(wildcard problems/support/verbs.mk)

packages:
	@grader/packages.sh build
%-packages:
	@grader/packages.sh $*

# --- The grader ---

$(BUILD)/objects/grader/public/%.o: grader/public/%.c
	@mkdir -p $(@D)
	$(CC) $(PUBLIC_CFLAGS) -c $< -o $@
$(BUILD)/objects/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Igrader -Itests/unit -c $< -o $@

$(BUILD)/libgradus.a: $(call objects,$(LIBRARY))
$(BUILD)/libjudge.a: $(call objects,$(JUDGE))
$(BUILD)/libpublic.a: $(call objects,$(PUBLIC))
$(BUILD)/lib%.a:
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/gradus: $(call objects,$(wildcard grader/*.c)) $(BUILD)/libgradus.a $(BUILD)/libpublic.a
	$(CC) $(LDFLAGS) $^ $(LIBS) $(LINKED)

include grader/worker/runtime.mk

# --- The homeworks: this one, and a second one that keeps the grader honest ---

PARTS := $(BUILD)/gradus $(BUILD)/libgradus.a $(BUILD)/libjudge.a $(BUILD)/libpublic.a \
	$(BUILD)/worker/runtime.o
homework: packages
	@$(MAKE) $(PARTS)
	@$(MAKE) -f grader/homework.mk HOMEWORK=. OUT=$(BUILD)
homeworks: homework
	@$(MAKE) -f grader/homework.mk HOMEWORK=tests/tiny OUT=$(BUILD)/tiny

# --- What this homework adds: problems/support/verbs.mk (grader/skeleton/programs.mk) ---

VERBS := $(shell sed -n 's/^\([a-z]*\):.*\#\# .*/\1/p' problems/support/verbs.mk 2>/dev/null)
RESULTS := $(if $(filter file,$(origin OUT)),$(BUILD)/results,$(OUT))
export RESULTS
.PHONY: $(VERBS)
$(VERBS): packages
	@$(MAKE) $(PARTS)
	@$(MAKE) -f grader/homework.mk HOMEWORK=. OUT=$(BUILD) $@

# --- Grading ---

# Names reach the shell through the environment: a quote or a semicolon in them is only a character.
export SUBMISSION OUT SECRET
grade: all ## grade SUBMISSION=directory or archive (default: reference) into OUT=directory; MEMORY=yes
	@$(BUILD)/gradus grade --build $(BUILD) --out "$$OUT" $(if $(SECRET),--secret "$$SECRET") \
		$(if $(filter yes,$(MEMORY)),--memory) -- "$$SUBMISSION"

# The marks of one submission, graded before into the same OUT.
export MARKS
marks: all ## merge MARKS=file.json or .csv (points and remarks on written answers) into OUT
	@test -n "$$MARKS" || { echo 'make marks OUT=directory MARKS=file' >&2; exit 2; }
	@$(BUILD)/gradus marks --build $(BUILD) --out "$$OUT" -- "$$MARKS"

# --- Gradescope ---

gradescope: pack-packages homework ## pack BUILD/autograder.zip for Gradescope [SECRET=file], and say what to do with it
	@grader/gradescope/pack.sh $(BUILD) $(BUILD)/autograder.zip "$$SECRET"

SUITE ?= bookworm
gradescope-rehearsal: rehearsal-packages tests ## grade as Gradescope does, in a fresh Debian [SUITE=bookworm]
	@tests/rehearsal/rehearsal.sh $(BUILD) $(SUITE)

prove: check-packages all ## right work earns all by any compiler, idle work nothing, mistakes are caught
	$(BUILD)/gradus prove --build $(BUILD) student_template $(wildcard $(BUILD)/tangled/trivial/*)
	@tests/right.sh $(BUILD)

margins: check-packages all ## how near right and wrong work come to what is allowed
	@tests/right.sh $(BUILD) margins

template: all ## generate student_template/ and GRADING.md's table from the documents
	grader/skeleton/template.sh $(BUILD)/tangled/skeleton problems/support student_template
	grader/skeleton/points.sh $(BUILD)/gradus GRADING.md >$(BUILD)/GRADING.md
	cmp -s $(BUILD)/GRADING.md GRADING.md || cp $(BUILD)/GRADING.md GRADING.md

# --- Tests ---

TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*_test.c tests/golden/*_test.c \
	tests/end/*_test.c tests/oracles/*_test.c tests/gpu/*_test.c tests/bench/*_bench.c))
# What several test programs share; deeds are compiled by the tests that commit them.
SHARED := $(filter-out %_test.c %_deeds.c,$(wildcard tests/unit/*.c tests/oracles/*.c tests/fake/*.c \
	tests/gpu/lockstep.c tests/end/hostile_*.c))
$(BUILD)/libtests.a: $(call objects,$(SHARED))
# The homework's support code, with the reference behind the names of its functions.
$(BUILD)/objects/problems/support/%.o: problems/support/%.c
	@mkdir -p $(@D)
	$(CC) $(PUBLIC_CFLAGS) $(addprefix -include ,$(wildcard $(BUILD)/tangled/rename.h)) -I$(BUILD)/tangled \
		-Igrader/public -c $< -o $@
# What asks a real GPU stays outside: tests have a fake one in its place (tests/fake).
PROGRAMS    := $(BUILD)/programs
SUPPORT_DIR := problems/support
-include problems/support/cuda.mk
$(BUILD)/libsupport.a: $(call objects,$(filter-out %_main.c %/engine_none.c $(CUDA_SOURCES:%=$(SUPPORT_DIR)/%),\
	$(wildcard problems/support/*.c)))
$(BUILD)/objects/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(CC) $(filter-out -Wvla,$(CFLAGS)) -Igrader -Itests/unit -Itests/fake -I$(BUILD)/tangled -Igrader/public \
		-Iproblems/support -c $< -o $@
$(TESTS): $(BUILD)/tests/%: $(BUILD)/objects/tests/%.o $(PARTS) $(BUILD)/libtests.a $(BUILD)/libsupport.a \
		$(wildcard $(BUILD)/libreference.a $(BUILD)/libtwins.a)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(CHECK_LIBS) $(TRAINER_LIBS) $(LIBS) $(LINKED)
# A program that tests run others in: root of an unprivileged container, as far as the kernel shows.
CONTAINER := $(BUILD)/tests/container/container
$(CONTAINER): $(call objects,$(wildcard tests/container/*.c))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $^ -lseccomp $(LINKED)
# What a driver brings, for tests to load.
NVML := $(BUILD)/tests/fake/libnvidia-ml.so.1
$(NVML): tests/fake/nvml/nvml.c tests/fake/nvml/fake_nvml.h
	@mkdir -p $(@D)
	$(CC) $(filter-out -MMD -MP,$(CFLAGS)) -fPIC -shared -Wl,-soname,$(@F) $(LDFLAGS) $< -o $@
# The same test on this machine's GPU: the fake one stays in its archive when the real one is named.
GPU_CHECK := $(BUILD)/tests/gpu/on_device
GPU_SIDE  := $(call objects,$(TRAINER_DEVICE:%=$(SUPPORT_DIR)/%))
$(GPU_SIDE): $(CUDA_FOUND)
$(GPU_SIDE): override PUBLIC_CFLAGS += $(CUDA_INCLUDES)
$(BUILD)/objects/$(SUPPORT_DIR)/engine_none.o: override PUBLIC_CFLAGS += -DWITHOUT_CUDA='"$(CUDA_LACKS)"'
$(GPU_CHECK): $(BUILD)/objects/tests/gpu/operations_test.o $(GPU_SIDE) $(CUDA_OBJECTS) $(BUILD)/libtests.a \
		$(BUILD)/libsupport.a $(filter %.a,$(PARTS))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) $(wildcard $(BUILD)/libreference.a) \
		-Wl,--end-group $(CHECK_LIBS) $(TRAINER_LIBS) $(CUDA_LINK) $(LIBS) -o $@
.PHONY: tests
tests: homeworks
	@$(MAKE) $(TESTS) $(CONTAINER) $(NVML)

check: check-packages ## every test; ends with "N passed, N failed"
	@$(MAKE) -j$(JOBS) tests fuzzers
	@tests/check.sh $(BUILD) $(JOBS)

gpu-check: check-packages homework ## every operation on this machine's GPU against the CPU; says so where there is none
	@$(MAKE) $(GPU_CHECK)
	@GPU_CHECK=full $(GPU_CHECK)

hostile: check-packages tests ## every crime of tests/hostile at every level of the sandbox
	@BUILD=$(BUILD) $(BUILD)/tests/end/hostile_test

faults: check-packages tests ## every library call of the grader fails once, which takes hours
	@FAULTS=all tests/end/faults.sh $(BUILD)

promote: tests ## accept new golden files after a look at the difference
	-@PROMOTE=1 BUILD=$(BUILD) tests/run.sh $(BUILD)/logs 1 $(filter %/golden_test %/submissions_test,$(TESTS))
	@git diff --stat -- tests

# Mutants are the reference with another line in it: they would count its lines twice.
COVERED := $(BUILD)/coverage
coverage: check-packages ## lines of grader/ and reference/ that the tests reach (floor 90 %)
	@rm -rf $(COVERED)
	@$(MAKE) BUILD=$(COVERED) EXTRA_CFLAGS="--coverage -O0" EXTRA_LDFLAGS=--coverage tests
	@BUILD=$(COVERED) tests/run.sh $(COVERED)/logs 1 \
		$(patsubst $(BUILD)/%,$(COVERED)/%,$(filter-out %_bench,$(TESTS))) \
		"tests/end/prove.sh $(COVERED)" "tests/end/bad_input.sh $(COVERED)"
	@rm -rf $(COVERED)/objects/mutants $(COVERED)/tiny
	gcovr --root . --filter grader/ --filter reference/ --fail-under-line 90 \
		--object-directory $(COVERED) $(COVERED)

# Harnesses hold the grader's code compiled once more, for sanitizers and libFuzzer (tests/fuzz/fuzz.h).
SECONDS ?= 10
SANITIZED := -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow
UNREAL := box_start box_wait box_ended box_resume box_kill fsync
fuzz: check-packages fuzzers ## hostile bytes for each part that reads them, SECONDS=10 each
	@tests/fuzz/fuzz.sh $(BUILD)/fuzz "$(SECONDS)"
fuzzers:
	@$(MAKE) BUILD=$(BUILD)/fuzz CC=clang EXTRA_CFLAGS="$(SANITIZED)" \
		$(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
$(BUILD)/libfuzz.a: $(call objects,$(filter-out %_fuzz.c,$(wildcard tests/fuzz/*.c)))
# What the homework itself reads of what students hand in.
$(BUILD)/libreport.a: $(call objects,$(filter-out %_main.c %_suite.c,$(wildcard problems/support/report_*.c)) \
	$(addprefix problems/support/,resnet.c step.c eager.c cards.c))
$(BUILD)/report_fuzz: $(BUILD)/libreport.a
$(BUILD)/%_fuzz: $(BUILD)/objects/tests/fuzz/%_fuzz.o $(addprefix $(BUILD)/,libfuzz.a libgradus.a libpublic.a)
	$(CC) -fsanitize=fuzzer,address,undefined $(UNREAL:%=-Wl,--wrap=%) $< \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS) $(LINKED)

bench: tests ## medians and ratios of what must be quick
	@tests/bench/bench.sh $(BUILD)

SOURCES := $(shell tests/lint/sources 2>/dev/null)
format: ## lay every C file out alike
	clang-format -i $(SOURCES)

lint: check-packages all ## style, layers, and what clang-tidy and cppcheck find
	@for script in tests/lint/*.sh; do $$script $(BUILD) || exit 1; done

gpu-bench: all ## images a second and peak memory beside PyTorch's, on a GPU; kept in tests/gpu/runs
	@tests/bench/gpu_bench.sh $(BUILD)

-include $(shell find $(BUILD)/objects -name '*.d' 2>/dev/null)

clean: ## remove what was built
	rm -rf $(BUILD)
