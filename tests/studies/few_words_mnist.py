"""Writes the parity of MNIST digits as rows of libsvm, and who has them. Arguments: folder of MNIST, output folder, shuffle ...

Client i of 5 has 500 images of digit 2i (label 0) and 500 of digit 2i+1 (label 1), the first ones of the training images. For
each share `shuffle` of a client's images, which are pooled and dealt anew, there is a file clients-SHUFFLE.txt.
"""
import gzip
import random
import sys

mnist, out, *shuffles = sys.argv[1:]
pixels = gzip.open(mnist + "/train-images-idx3-ubyte.gz").read()[16:]
labels = gzip.open(mnist + "/train-labels-idx1-ubyte.gz").read()[8:]
left = [500] * 10
clients = []
with open(out + "/parity.svm", "w") as rows:
    for s, digit in enumerate(labels):
        if left[digit] == 0:
            continue
        left[digit] -= 1
        clients.append(digit // 2)
        image = pixels[784 * s:784 * (s + 1)]
        entries = [f"{j + 1}:{image[j] / 255:.9g}" for j in range(784) if image[j]]
        rows.write(f"{digit % 2} {' '.join(entries)}\n")
for shuffle in shuffles:
    draw, dealt = random.Random(1), clients[:]
    pool = []
    for i in range(5):
        mine = [s for s, client in enumerate(clients) if client == i]
        pool += draw.sample(mine, round(float(shuffle) * len(mine)))
    owners = [clients[s] for s in pool]
    draw.shuffle(owners)
    for s, owner in zip(pool, owners):
        dealt[s] = owner
    with open(f"{out}/clients-{shuffle}.txt", "w") as file:
        file.write("".join(f"{client}\n" for client in dealt))
