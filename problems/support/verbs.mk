# What this homework adds to `make`; programs.mk says what may be used here.

export IMAGE RESULTS
$(eval $(call program,pictures,1,pictures_main.c pictures.c picture.c inputs.c,libpng))
pictures: $(PROGRAMS)/pictures ## filter a test picture, or IMAGE=any.png, with your code, into OUT=folder
	@$(PROGRAMS)/pictures "$$RESULTS" $${IMAGE:+"$$IMAGE"}

FAST := fast.c fast_cnn.c fast_mlp.c fast_stage.c fast_plain.c fast_avx2.c
TRAINING := edges.c model.c training.c $(FAST)

$(eval $(call program,train,6,train_main.c settings.c $(TRAINING)))
export TASK SETTINGS
.PHONY: train
train: $(PROGRAMS)/train ## try settings: SETTINGS="epochs rate kernel" TASK=few or shifted
	@$< "$$TASK" "$$SETTINGS"

STUDIES := studies.c studies_plan.c studies_pool.c studies_pace.c studies_ready.c studies_findings.c \
	studies_figures.c studies_grids.c studies_plots.c studies_page.c studies_files.c
$(eval $(call program,experiments,6,experiments_main.c $(STUDIES) network.c settings.c $(TRAINING) \
	inputs.c random.c))
# Names reach the program through the environment: a quote in them is only a character.  Students study
# with their own layers unless they ask for ours; staff the other way round.
export STUDY SEEDS JOBS LAYERS QUICK RESULTS
.PHONY: experiments
experiments: $(PROGRAMS)/experiments ## the six studies (STUDY=3 SEEDS=5 LAYERS=ours QUICK=yes) into OUT=folder
	@$(PROGRAMS)/experiments --layers "$${LAYERS:-$(if $(filter .,$(FUNCTIONS_DIR)),yours,ours)}" \
		$${STUDY:+--study "$$STUDY"} $${SEEDS:+--seeds "$$SEEDS"} $${JOBS:+--jobs "$$JOBS"} \
		$${QUICK:+--quick "$$QUICK"} -- "$$RESULTS"

include $(SUPPORT_DIR)/cuda.mk
PLANNER := resnet.c step.c arena.c eager.c cards.c plan.c workspace.c
ifneq ($(CUDNN_LINK),)
PLANNER += cudnn_ways.c
$(PROGRAMS)/workspace.o $(PROGRAMS)/cudnn_ways.o: override INCLUDES += -DWITH_CUDNN $(CUDA_INCLUDES)
$(PROGRAMS)/gradus-gpu: override EXTRA_LDFLAGS += $(CUDNN_LINK)
endif
$(eval $(call program,gradus-gpu,7,plan_main.c plan_print.c plan_plot.c $(PLANNER)))
export NET BATCH OPTIMISER PRECISION LEVERS PARTS CARD
.PHONY: plan
plan: $(PROGRAMS)/gradus-gpu ## where a GPU's memory goes (NET=152 BATCH=8 OPTIMISER=adam CARD=T4 LEVERS=...) into OUT=folder
	@$< plan $${NET:+--net "$$NET"} $${BATCH:+--batch "$$BATCH"} $${PARTS:+--parts "$$PARTS"} \
		$${OPTIMISER:+--optimiser "$$OPTIMISER"} $${PRECISION:+--precision "$$PRECISION"} \
		$${LEVERS:+--levers "$$LEVERS"} $${CARD:+--card "$$CARD"} --out "$$RESULTS"

# TRAINER_DEVICE is what asks a GPU, or says that there is none (cuda.mk).
TRAINER := trainer.c trainer_weights.c images.c images_cifar.c images_fashion.c images_made.c trouble.c work.c \
	engine_cpu.c cpu_work.c cpu_batch.c cpu_norm.c cpu_pool.c cpu_products.c cpu_update.c nvml.c
MEASURE := measure_plan.c measure_parts.c measure_meter.c measure_run.c measure_files.c measure_record.c \
	measure_ledger.c measure_report.c measure_plots.c measure_yours.c
$(eval $(call program,trainer,7,measure_main.c $(MEASURE) $(TRAINER) $(TRAINER_DEVICE) resnet.c step.c arena.c \
	eager.c cards.c,libcjson openblas zlib))
$(PROGRAMS)/trainer: override EXTRA_LDFLAGS += -lpthread -ldl
export DATA SEED EPOCHS CPU
# One thread: more gain nothing on networks so small, and OpenBLAS starts them before main, where one
# that finds no memory can never be ended.
.PHONY: gpu
gpu: $(PROGRAMS)/trainer ## measure what the planner promised, on a GPU or as a rehearsal (NET, PRECISION, DATA, ...) into OUT=folder
	@OPENBLAS_NUM_THREADS=$${OPENBLAS_NUM_THREADS:-1} $< $${NET:+--net "$$NET"} $${PRECISION:+--precision "$$PRECISION"} $${LEVERS:+--levers "$$LEVERS"} \
		$${DATA:+--data "$$DATA"} $${SEED:+--seed "$$SEED"} $${EPOCHS:+--epochs "$$EPOCHS"} \
		$${CPU:+--cpu "$$CPU"} $${QUICK:+--quick "$$QUICK"} -- "$$RESULTS"

REPORTS := report_fields.c report_parse.c report_expect.c report_memory.c report_times.c report_judge.c
$(eval $(call program,report,,report_main.c $(REPORTS) resnet.c step.c eager.c cards.c,libcjson))
export REPORT
.PHONY: report
report: $(PROGRAMS)/report ## what will be said about gpu_report.json, or REPORT=any.json
	@$< "$${REPORT:-gpu_report.json}"
