#!/usr/bin/env bash
# Compares accuracy, micro and macro F1 and ROC-AUC of 30 odd splits with scikit-learn's, computed
# from the logits that `predict` writes. PY: a python3 that has scikit-learn.
. "$(dirname "$0")/common.sh"
PY=${PY:-python3}
$PY -c 'import h5py, numpy, sklearn' 2>/dev/null || { echo "SKIPPED: no python3 with h5py, numpy and scikit-learn"; exit 0; }
cat > study.py <<'P'
import json, subprocess, sys
import h5py, numpy as np
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
laconic, worst, refused = sys.argv[1], 0.0, 0
open("s.yaml", "w").write("""data: {source: {format: hdf5, file: g.h5}, parts: 5, clusters_per_batch: 2}
model: {layers: 2, hidden: 6}
train: {epochs: 3}
compute: {threads: 1}
observe: {progress: "off"}
""")
def scores(y, z, multi, C):
    if len(y) == 0: return {}
    p = (z > 0).astype(int) if multi else z.argmax(1)
    s = {"micro_f1": f1_score(y, p, average="micro", zero_division=0), "macro_f1": f1_score(y, p, average="macro", zero_division=0)}
    if not multi: s["accuracy"] = accuracy_score(y, p)
    if not multi and C == 2 and len(set(y)) == 2: s["roc_auc"] = roc_auc_score(y, z[:, 1] - z[:, 0])
    return s
for case in range(30):
    r = np.random.default_rng(case); n = int(r.integers(20, 200)); C = int(r.choice([2, 2, 3, 5, 9])); multi = case % 5 == 4
    y = r.integers(0, C, n) if case % 3 else r.choice(C, n, p=r.dirichlet([.3] * C)); hot = (r.random((n, C)) < r.random(C) * .6)
    if case % 4 == 1: y[r.random(n) < .5] = -1
    if case % 7 == 2: y[y == C - 1] = 0
    A = np.triu(r.random((n, n)) < 4 / n, 1); A = A | A.T; i = r.permutation(n)
    a, b = sorted(r.integers(0 if case % 6 == 5 else 1, n + 1, 2)); parts = {"train": i[:a], "val": i[a:b], "test": i[b:]}
    with h5py.File("g.h5", "w") as f:
        f["graph/indptr"] = np.concatenate([[0], np.cumsum(A.sum(1))]); f["graph/indices"] = np.nonzero(A)[1]
        f["features/dense"] = (r.normal(size=(n, 5)) + (0 if multi else y[:, None])).astype("f4"); f.attrs["num_classes"] = C
        if multi: f["labels/indptr"] = np.concatenate([[0], np.cumsum(hot.sum(1))]); f["labels/indices"] = np.nonzero(hot)[1]
        else: f["labels/class"] = y
        for s in parts: f["splits/default/" + s] = parts[s]
    done = subprocess.run([laconic, "train", "s.yaml", "run.dir=r%d" % case], capture_output=True, text=True)
    if done.returncode:
        labelled = sum(multi or y[v] >= 0 for v in parts["train"])
        assert labelled == 0 and done.returncode == 65 and "no training node has a label" in done.stderr, (case, done.stderr)
        refused += 1; continue
    own = json.loads(subprocess.run([laconic, "eval", "r%d" % case], capture_output=True, text=True, check=True).stdout)
    subprocess.run([laconic, "predict", "r%d" % case, "-o", "p.h5"], check=True, capture_output=True)
    z = h5py.File("p.h5")["logits"][:]
    for s, ids in parts.items():
        ids = ids if multi else ids[y[ids] >= 0]
        truth = scores(hot[ids].astype(int) if multi else y[ids], z[ids], multi, C)
        mine = {k: v for k, v in own.get(s, {}).items() if k != "loss"}
        assert truth.keys() == mine.keys(), (case, s, truth, mine)
        for k in truth:
            worst = max(worst, abs(truth[k] - mine[k])); assert abs(truth[k] - mine[k]) < 1e-8, (case, s, k, truth[k], mine[k])
print("30 splits, %d refused; largest difference %.1e" % (refused, worst))
P
$PY study.py "$laconic" || fail "other scores than scikit-learn's"
