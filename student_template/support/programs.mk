# The homework's programs beside its tests (to draw, to train, to study), and its verbs.mk.  The student's
# Makefile and, for the staff, grader/homework.mk include this file; the functions of the homework are the
# student's in one and the reference's in the other.  A verbs.mk is the same for both, and may use
#
#   $(eval $(call program,NAME,PROBLEMS,SOURCES,LIBRARIES))
#                   how $(PROGRAMS)/NAME is made: from SOURCES (file names; the homework's support code or
#                   the public library's, such as random.c), linked with the functions of PROBLEMS
#                   (numbers, may be empty; what these use comes along; what is not written says
#                   UNFINISHED) and with LIBRARIES (as pkg-config knows them, may be empty; where one is
#                   missing, making the program says so).  Calls are direct: no wrappers, no sandbox.
#   $(PROGRAMS)     the folder of these programs and their objects, for whatever else is built
#   $(RESULTS)      where a verb leaves what it makes: what the caller gave as OUT, or a folder that git
#                   ignores; it may not exist yet
#   $(SUPPORT_DIR)  where the homework's support files lie, for scripts and data
#   $(CC)
#
# and the variables of its callers (make train SETTINGS=...).  A verb for people is one line
# `name: prerequisites ## what it does` and its recipe; `make help` and the README list it.
#
# Objects: support code is compiled with $(SUPPORT_CFLAGS) everywhere; in programs the functions are
# compiled as they are when graded, but with -O2, in $(PROGRAMS)/functions.
#
# Who includes this file has set PROGRAMS, RESULTS, SUPPORT_DIR, LIBRARY_DIR (the public library),
# FUNCTIONS_DIR, HELPERS (further .c files there), MISSING (missing.c), INCLUDES, and the lists of
# tangled.mk.

SUPPORT_CFLAGS := -std=c11 -O2 -g -D_DEFAULT_SOURCE -D_DARWIN_C_SOURCE $(SUPPORT_FLAGS) $(EXTRA_CFLAGS)
PROGRAM_LIBRARIES := $(foreach n,$(PROBLEMS),$(LIBRARIES_$(n)))
LIBRARY_CFLAGS = $(foreach l,$(sort $(PROGRAM_LIBRARIES)),$(shell pkg-config --cflags $(l) 2>/dev/null))

# Those of $(1) that this machine lacks, what to tell about them, and how to link.
lacking = $(strip $(foreach l,$(1),$(shell pkg-config --exists $(l) 2>/dev/null || echo $(l))))
tell_lacking = echo "$(1) needs $(2), and pkg-config to find it (Debian, Ubuntu: sudo apt-get install \
	$(foreach l,$(2),$(or $(DEBIAN_$(l)),$(l)-dev)) pkg-config; macOS: brew install \
	$(foreach l,$(2),$(or $(BREW_$(l)),$(l))) pkg-config)."; exit 1
# Packages that are not named like what pkg-config finds in them.
DEBIAN_openblas := libopenblas-dev
DEBIAN_zlib     := zlib1g-dev
BREW_libcjson   := cjson
library_flags = $(if $(1),$(shell pkg-config --libs $(1) 2>/dev/null))

# The .c files of the functions of problems $(1), of what these use, and helpers.
function_files = $(if $(1),$(sort $(HELPERS) $(filter %.c,$(foreach n,$(1),$(FILES_$(n)) \
	$(foreach u,$(USES_$(n)),$(FILES_$(u)))))))

define program_lacks
$(PROGRAMS)/$(1):
	@$$(call tell_lacking,$(1),$(2))
endef
define program_builds
PROGRAM_LIBRARIES += $(4)
$(PROGRAMS)/$(1): $(3:%.c=$(PROGRAMS)/%.o) $(patsubst $(FUNCTIONS_DIR)/%.c,$(PROGRAMS)/functions/%.o,\
		$(wildcard $(addprefix $(FUNCTIONS_DIR)/,$(call function_files,$(2))))) $(PROGRAMS)/missing.o
	@$$(CC) $$^ $$(EXTRA_LDFLAGS) $(call library_flags,$(4)) -lm -o $$@
endef
program = $(if $(call lacking,$(4)),$(call program_lacks,$(1),$(call lacking,$(4))),$(call \
	program_builds,$(1),$(2),$(3),$(4)))

$(PROGRAMS)/%.o: $(LIBRARY_DIR)/%.c
	@mkdir -p $(@D)
	@$(CC) $(SUPPORT_CFLAGS) $(LIBRARY_CFLAGS) $(INCLUDES) -MMD -MP -c $< -o $@
$(PROGRAMS)/%.o: $(SUPPORT_DIR)/%.c
	@mkdir -p $(@D)
	@$(CC) $(SUPPORT_CFLAGS) $(LIBRARY_CFLAGS) $(INCLUDES) -MMD -MP -c $< -o $@
$(PROGRAMS)/functions/%.o: $(FUNCTIONS_DIR)/%.c
	@mkdir -p $(@D)
	@$(CC) $(COMPILER_FLAGS) -O2 $(INCLUDES) -MMD -MP -Dmain=main_of_yours -c $< -o $@
$(PROGRAMS)/missing.o: $(MISSING)
	@mkdir -p $(@D)
	@$(CC) $(SUPPORT_CFLAGS) $(INCLUDES) -MMD -MP -c $< -o $@

-include $(SUPPORT_DIR)/verbs.mk
-include $(wildcard $(PROGRAMS)/*.d $(PROGRAMS)/functions/*.d)
