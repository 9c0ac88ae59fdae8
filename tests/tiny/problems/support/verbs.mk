# What this homework adds to make: programs of its own (see programs.mk).

$(eval $(call program,show,2,show.c repeated.c))
# A library that no machine has: making the program says so.
$(eval $(call program,lacking,,show.c,no-such-library))

.PHONY: show lacking
show: $(PROGRAMS)/show ## print what a running sum of running sums ends with
	@$<
lacking: $(PROGRAMS)/lacking
