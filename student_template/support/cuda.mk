# Where CUDA and cuDNN are, and how the trainer's GPU side is made with them; without them, of what
# stands in its place.  Included by verbs.mk and by the Makefile of the tests; uses $(PROGRAMS),
# $(SUPPORT_DIR) and $(INCLUDES).
#
#   CUDA=folder CUDNN=folder TARGETS="90 120"   instead of those found, and of all that nvcc offers
#   $(CUDA_LACKS)      what was not found, in words; empty: all is there
#   $(TRAINER_DEVICE)  the .c files of the GPU side, for a program's list of sources
#   $(CUDA_OBJECTS)    what else such a program is made of, and
#   $(CUDA_LINK)       linked with: $(PROGRAMS)/trainer is
#   $(CUDA_SOURCES)    the .c files that need NVIDIA's headers, found with
#   $(CUDA_INCLUDES)
#   $(CUDNN_LINK)      for what only needs cuDNN; empty: there is none
#   $(CUDA_FOUND)      a file that is newer than what was built with another CUDA, or without

COMMA := ,
MACHINE := $(shell uname -m)
CUDA ?= $(firstword $(wildcard /usr/local/cuda) \
	$(patsubst %/bin/nvcc,%,$(realpath $(shell command -v nvcc))) /usr)
# Since 9.8 it plans for a card that is only described.
cudnn_in = $(firstword $(shell grep -ls DEVICEPROP_JSON /dev/null $(wildcard \
	$(1)/include/cudnn_graph*.h $(1)/include/$(MACHINE)-linux-gnu/cudnn_graph*.h)))
CUDNN ?= $(firstword $(foreach d,$(CUDA) /usr,$(if $(call cudnn_in,$(d)),$(d))) $(CUDA))
CUDNN_FOUND := $(call cudnn_in,$(CUDNN))

CUDA_LACKS := $(if $(wildcard $(CUDA)/bin/nvcc),,nvcc was not found in $(CUDA)/bin (CUDA=folder says where it is))
CUDA_LACKS := $(or $(CUDA_LACKS),$(if $(wildcard $(CUDA)/include/cublasLt.h),,cuBLASLt was not found in \
	$(CUDA)/include (CUDA=folder says where it is)))
CUDA_LACKS := $(or $(CUDA_LACKS),$(if $(CUDNN_FOUND),,cuDNN 9.8 or later was not found in $(CUDNN)/include \
	(CUDNN=folder says where it is)))

CUDA_SOURCES   := cudnn_ways.c gpu_cuda.c products_cudnn.c
CUDA_INCLUDES  := $(foreach d,$(filter-out /usr/include,$(sort $(CUDA)/include $(dir $(CUDNN_FOUND)))),-isystem $(d:/=))
# Folders of libraries, which the loader is told but for those that it knows.
CUDA_FOLDERS   := $(wildcard $(foreach d,$(sort $(CUDA) $(CUDNN)),$(d)/lib64 $(d)/lib $(d)/lib/$(MACHINE)-linux-gnu))
CUDA_FOLDERS   := $(foreach d,$(CUDA_FOLDERS),-L$(d) $(if $(filter /usr/lib%,$(d)),,-Wl$(COMMA)-rpath$(COMMA)$(d)))
CUDNN_LINK     := $(if $(CUDNN_FOUND),$(CUDA_FOLDERS) -Wl$(COMMA)--no-as-needed -lcudnn)
CUDA_LINK      := $(if $(CUDA_LACKS),,$(CUDNN_LINK) -lcublasLt -lcudart -lstdc++ -lpthread -ldl)
TRAINER_DEVICE := $(if $(CUDA_LACKS),engine_none.c,engine_cuda.c kernels_plan.c $(CUDA_SOURCES))
CUDA_OBJECTS   := $(if $(CUDA_LACKS),,$(PROGRAMS)/kernels.o)

# Programs of either kind are linked again when the other was built: one of their objects is newer.
CUDA_FOUND := $(PROGRAMS)/cuda.found
CUDA_TOLD   = $(or $(CUDA_LACKS),$(CUDA) $(CUDNN) $(strip $(TARGETS)))
.PHONY: cuda-found
$(CUDA_FOUND): cuda-found
	@mkdir -p $(@D)
	@echo '$(CUDA_TOLD)' | cmp -s - $@ || echo '$(CUDA_TOLD)' >$@
$(patsubst %.c,$(PROGRAMS)/%.o,kernels.c workspace.c engine_none.c engine_cuda.c $(CUDA_SOURCES)): $(CUDA_FOUND)

$(CUDA_SOURCES:%.c=$(PROGRAMS)/%.o): override INCLUDES += $(CUDA_INCLUDES)
$(PROGRAMS)/engine_none.o: override INCLUDES += -DWITHOUT_CUDA='"$(CUDA_LACKS)"'
$(PROGRAMS)/trainer: $(CUDA_OBJECTS)
$(PROGRAMS)/trainer: override EXTRA_LDFLAGS += $(CUDA_LINK)

# Machine code for every GPU from Turing on that this nvcc knows, and for later ones what the driver can
# translate.
TARGETS ?= $(shell $(CUDA)/bin/nvcc --list-gpu-arch | sed -n 's/^compute_\([0-9]*\)$$/\1/p' | \
	awk '$$1 >= 75' | sort -n)
gencode = $(foreach t,$(1),-gencode arch=compute_$(t)$(COMMA)code=sm_$(t)) \
	-gencode arch=compute_$(lastword $(1))$(COMMA)code=compute_$(lastword $(1))
NVCC = $(CUDA)/bin/nvcc -std=c++17 -O3 --threads 0 -Werror all-warnings -Xcompiler -Wall
$(PROGRAMS)/kernels.o: $(SUPPORT_DIR)/kernels.cu
	@mkdir -p $(@D)
	@$(NVCC) $(call gencode,$(strip $(TARGETS))) $(INCLUDES) -MMD -MP -c $< -o $@
