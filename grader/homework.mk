# Builds what one homework needs: from $(HOMEWORK)/problems and $(HOMEWORK)/reference to the judges and
# the worker's parts below $(OUT).  Called by the Makefile for every homework; knows none of them: the
# lists come from tangled.mk.
#
#   make -f grader/homework.mk HOMEWORK=. OUT=build BUILD=build [RESULTS=DIR] [VERB]
#
# A VERB is one of the homework's own, from its verbs.mk (grader/skeleton/programs.mk).
# BUILD holds what all homeworks share: gradus, libgradus.a, libjudge.a, libpublic.a, worker/runtime.o.

T := $(OUT)/tangled
OPTIMISE := -O2
COMPILE = $(CC) -std=c11 $(OPTIMISE) -g -Wall -Wextra -Werror -MMD -MP $(EXTRA_CFLAGS)

.PHONY: all
.DELETE_ON_ERROR:
all:

$(T)/tangled.mk: $(wildcard $(HOMEWORK)/problems/*.md $(HOMEWORK)/problems/support/* \
		$(HOMEWORK)/reference/*.c) $(BUILD)/gradus
	rm -rf $(T)/skeleton $(T)/trivial
	$(BUILD)/gradus tangle --homework $(HOMEWORK) --out $(T)
	@touch $@
include $(T)/tangled.mk

O := $(OUT)/objects
INCLUDES := -Igrader/public -I$(T) -I$(HOMEWORK)/problems/support
STAFF_INCLUDES := -D_GNU_SOURCE -Igrader $(INCLUDES)

# The homework's own programs and verbs.
PROGRAMS      := $(OUT)/programs
RESULTS       ?= $(OUT)/results
SUPPORT_DIR   := $(HOMEWORK)/problems/support
LIBRARY_DIR   := grader/public
FUNCTIONS_DIR := $(HOMEWORK)/reference
MISSING       := $(T)/missing.c
HELPERS       := $(filter-out $(foreach n,$(PROBLEMS),$(FILES_$(n))),$(notdir $(wildcard $(FUNCTIONS_DIR)/*.c)))
include grader/skeleton/programs.mk

# Mutants are many, and each runs for a moment only.
$(O)/mutants/%.o: OPTIMISE := -O1
$(O)/%.o: $(T)/%.c
	@mkdir -p $(@D)
	$(COMPILE) $(STAFF_INCLUDES) -c $< -o $@
# The reference stays as it is in its folder; only its names get a prefix.
$(O)/reference/%.o: $(HOMEWORK)/reference/%.c
	@mkdir -p $(@D)
	$(COMPILE) $(STAFF_INCLUDES) -include $(T)/rename.h -c $< -o $@
$(O)/reference_thunks.o: $(T)/dispatch.c
	@mkdir -p $(@D)
	$(COMPILE) $(STAFF_INCLUDES) -include $(T)/rename.h -DTHUNKS=reference_thunks -c $< -o $@

# Support code means the wrappers where it names a function of the homework: its calls go wherever those
# of the suite go.
$(O)/support/%.o: $(SUPPORT_DIR)/%.c
	@mkdir -p $(@D)
	$(CC) $(SUPPORT_CFLAGS) -Wall -Wextra -Werror $(LIBRARY_CFLAGS) $(INCLUDES) -include $(T)/calls.h \
		-MMD -MP -c $< -o $@
# Its twin calls the reference instead: the same object with ref_ before its own names and the functions'.
SUPPORTS := $(patsubst %.c,$(O)/support/%.o,$(sort $(filter %.c,$(foreach n,$(PROBLEMS),$(SUPPORT_$(n)) \
	$(PUBLIC_SUPPORT_$(n))))))
$(O)/twins/names: $(T)/rename.h $(SUPPORTS)
	@mkdir -p $(@D)
	{ sed -n 's/^#define \([^ ]*\) \(.*\)/call_\1 \2/p' $<; nm -gP --defined-only $(SUPPORTS) | \
		awk 'NF > 2 { print $$1, "ref_" $$1 }'; } | sort -u >$@
$(O)/twins/%.o: $(O)/support/%.o $(O)/twins/names
	objcopy --redefine-syms=$(O)/twins/names $< $@
# An archive: only what a suite asks for is linked.
TWINS := $(if $(SUPPORTS),$(OUT)/libtwins.a)
$(OUT)/libtwins.a: $(SUPPORTS:$(O)/support/%=$(O)/twins/%)
	@rm -f $@
	ar rcs $@ $^

REFERENCES := $(sort $(foreach n,$(PROBLEMS),$(REFERENCE_$(n):%.c=$(O)/reference/%.o)))

# For tests of the reference itself.
$(OUT)/libreference.a: $(REFERENCES)
	@rm -f $@
	ar rcs $@ $^
all: $(OUT)/libreference.a

define judge
$(OUT)/judge-$(1): $(O)/suite-$(1).o $(O)/calls.o $(O)/reference_thunks.o $(REFERENCES) \
		$(MUTANTS_$(1):%=$(O)/mutants/$(1)/%.o) \
		$(patsubst %.c,$(O)/support/%.o,$(filter %.c,$(SUPPORT_$(1)) $(PUBLIC_SUPPORT_$(1)))) $(TWINS) \
		$(BUILD)/libjudge.a $(BUILD)/libpublic.a $(BUILD)/libgradus.a
	$$(CC) $$(EXTRA_LDFLAGS) -Wl,--start-group $$^ -Wl,--end-group $(CHECK_LIBS) \
		$(call library_flags,$(LIBRARIES_$(1))) -lm -o $$@.part && mv $$@.part $$@
all: $(OUT)/judge-$(1)
endef
$(foreach n,$(PROBLEMS),$(eval $(call judge,$(n))))

# The worker's parts: what a submission's objects are linked with, and the headers they compile against.
W := $(OUT)/worker
# Without EXTRA_CFLAGS: what counts or sanitizes has no place in a sandboxed worker.
WORKER_COMPILE = $(CC) -std=c11 -O2 -Wall -Wextra -Werror -MMD -MP
$(W)/dispatch.o: $(T)/dispatch.c
	@mkdir -p $(@D)
	$(WORKER_COMPILE) -Igrader/public -I$(T) -c $< -o $@
$(W)/missing.o: $(T)/missing.c
	@mkdir -p $(@D)
	$(WORKER_COMPILE) -Igrader/public -I$(T) -c $< -o $@
$(W)/homework.h: $(T)/homework.h
	@mkdir -p $(@D)
	cp $< $@
$(W)/%.h: grader/public/%.h
	@mkdir -p $(@D)
	cp $< $@
ifneq ($(OUT),$(BUILD))
$(W)/%: $(BUILD)/worker/%
	@mkdir -p $(@D)
	cp $< $@
endif
all: $(W)/dispatch.o $(W)/missing.o $(W)/homework.h $(W)/tensor.h \
	$(addprefix $(W)/,runtime.o archives.ld crtend.o crtn.o)

include grader/memory/parts.mk

# Rebuild what includes a header that changed.
-include $(wildcard $(O)/*.d $(O)/*/*.d $(O)/*/*/*.d $(W)/*.d)
