# Ten megabytes of data.
with open("submission/remainders.txt", "w") as file:
    file.write("1071 (462 (147 (21)))\n" * 500000)
