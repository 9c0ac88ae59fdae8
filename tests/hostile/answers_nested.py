# Answers that a parser reads as thousands of things one inside the other.
with open("submission/answers.md", "w") as file:
    file.write("# 1 Whole numbers\n" + "> " * 1500 + "a\n\n" + "- " * 1500 + "b\n\n" + "[" * 1500 + "*_`" * 800 + "<!--" * 300 +
               "\n![a][" * 300)
