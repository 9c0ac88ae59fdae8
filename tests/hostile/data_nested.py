# Data that its parser follows half a million parentheses deep.
with open("submission/remainders.txt", "w") as file:
    file.write("1(" * 500000)
