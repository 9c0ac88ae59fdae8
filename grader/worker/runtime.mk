# The worker's runtime, linked before any submission is seen: start-up code, the worker's main, and
# the C library as far as keep.c asks for it, in one relocatable object.  What is left to do for a
# submission then takes 10 ms instead of 46:
#
#     ld -static -s -z noexecstack -o worker runtime.o dispatch.o missing.o STUDENT.o... \
#         archives.ld crtend.o crtn.o
#
# with bfd (gold's result crashes at start), in this order.  archives.ld names the libraries, for the
# rare function that keep.c does not; where nothing is missing it costs under a millisecond.
# All of runtime.o is weak, so that a student's own round() or index() is no clash; and its main has
# another name, so that a student's main() is merely never called.

RUNTIME := $(BUILD)/worker
RUNTIME_CFLAGS := -std=c11 -D_GNU_SOURCE -O2 -fno-pie -fno-stack-protector -U_FORTIFY_SOURCE $(WARNINGS)
compiler_file = $(shell $(CC) -print-file-name=$(1))
RUNTIME_ARCHIVES := libm.a libc.a libgcc.a libgcc_eh.a
RUNTIME_FILES := $(addprefix $(RUNTIME)/,crtend.o crtn.o)

$(RUNTIME)/inside.o $(RUNTIME)/keep.o: $(RUNTIME)/%.o: grader/worker/%.c grader/worker/wire.h grader/public/call.h
	@mkdir -p $(@D)
	$(CC) $(RUNTIME_CFLAGS) -Igrader -c $< -o $@

$(RUNTIME_FILES): $(RUNTIME)/%:
	@mkdir -p $(@D)
	cp $(call compiler_file,$*) $@

$(RUNTIME)/runtime.o: $(RUNTIME)/inside.o $(RUNTIME)/keep.o $(RUNTIME_FILES) $(RUNTIME)/archives.ld
	ld -r -o $@.whole $(foreach f,crt1.o crti.o crtbeginT.o,$(call compiler_file,$f)) \
		$(RUNTIME)/inside.o $(RUNTIME)/keep.o \
		$(RUNTIME)/archives.ld
	objcopy --weaken --redefine-sym main=worker_main $@.whole $@
	@rm $@.whole

$(RUNTIME)/archives.ld:
	@mkdir -p $(@D)
	echo 'GROUP ($(foreach f,$(RUNTIME_ARCHIVES),$(call compiler_file,$f)))' >$@
