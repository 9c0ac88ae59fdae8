# Everything in one line, which a message would quote in whole.
work = open("submission/series.c").read()
with open("submission/series.c", "w") as file:
    file.write('#include "homework.h"\nint y = ' + "1 + " * 1500 + "undeclared;\n" + work[-9:])
