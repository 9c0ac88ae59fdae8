# Data with bytes of every kind: no number, no text.
with open("submission/remainders.txt", "wb") as file:
    file.write(bytes(range(256)) * 4000)
