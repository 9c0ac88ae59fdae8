# What a submission's objects are linked with for Valgrind (memory.h): for each problem one relocatable
# object of start-up code, Check, the public library and the public suite, all as students have them, and
# a list of the shared libraries.  What is left to do for a submission is
#
#     ld -o check public-N.o STUDENT.o... libraries-N.ld crtend.o crtn.o
#
# Nothing of the staff's is in it, and of its names a submission sees only those of its own missing
# functions, which are weak: no other name can clash.  Included by grader/homework.mk.

M := $(OUT)/memory
S := $(T)/skeleton
# As in the student's folder, and without EXTRA_CFLAGS, as in the worker.
MEMORY_COMPILE = $(CC) -std=c11 -g -D_DEFAULT_SOURCE -Wall -Wextra -Werror -MMD -MP \
	-I$(S) -I$(S)/tests -Igrader/public -I$(SUPPORT_DIR)
compiler_file = $(shell $(CC) -print-file-name=$(1))
shared = $(foreach l,$(patsubst -l%,lib%.so,$(filter -l%,$(1))) libm.so libc.so,$(call compiler_file,$(l)))
CHECK_ARCHIVES = $(foreach l,$(filter-out -lm -lrt -lpthread,$(filter -l%,$(CHECK_LIBS))),\
	$(call compiler_file,lib$(l:-l%=%).a))

$(O)/memory/tests/%.o: $(S)/tests/%.c
	@mkdir -p $(@D)
	$(MEMORY_COMPILE) -O1 -c $< -o $@
$(O)/memory/public/%.o: grader/public/%.c
	@mkdir -p $(@D)
	$(MEMORY_COMPILE) -O1 -c $< -o $@
$(O)/memory/support/%.o: $(SUPPORT_DIR)/%.c
	@mkdir -p $(@D)
	$(MEMORY_COMPILE) -O2 $(SUPPORT_FLAGS) -include $(S)/tests/calls.h -c $< -o $@
$(S)/tests/%.c: $(T)/tangled.mk ;

define memory_parts
MEMORY_$(1) := $(O)/memory/tests/public-$(1).o $(O)/memory/tests/calls.o $(O)/memory/tests/dispatch.o \
	$(patsubst grader/public/%.c,$(O)/memory/public/%.o,$(filter-out $(if $(filter libpng,$(LIBRARIES_$(1))),,\
	%/attach.c %/picture.c),$(wildcard grader/public/*.c))) \
	$(patsubst %.c,$(O)/memory/support/%.o,$(filter %.c,$(PUBLIC_SUPPORT_$(1)))) $(O)/memory/tests/missing.o
$(M)/public-$(1).o: $$(MEMORY_$(1))
	@mkdir -p $(M)
	ld -r -o $$@.whole $(foreach f,crt1.o crti.o crtbegin.o,$(call compiler_file,$(f))) $$^ $$(CHECK_ARCHIVES)
	{ echo _start; nm -gP --defined-only $(O)/memory/tests/missing.o | cut -d' ' -f1; } >$$@.names
	objcopy --keep-global-symbols=$$@.names $$@.whole $$@
	@rm $$@.whole $$@.names
$(M)/libraries-$(1).ld: $(T)/tangled.mk
	@mkdir -p $(M)
	echo 'GROUP ($$(call shared,$$(call library_flags,$(LIBRARIES_$(1)))) $$(call compiler_file,libgcc.a))' >$$@
all: $(M)/public-$(1).o $(M)/libraries-$(1).ld
endef
$(foreach n,$(PROBLEMS),$(eval $(call memory_parts,$(n))))

$(M)/crt%.o:
	@mkdir -p $(@D)
	cp $(call compiler_file,$(@F)) $@
all: $(M)/crtend.o $(M)/crtn.o
