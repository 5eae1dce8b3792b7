#!/usr/bin/env bash
# Usual files of labels, splits and class names are read, or refused with advice.
. "$(dirname "$0")/common.sh"
"$python" -c 'import h5py, numpy' 2>/dev/null || { echo "SKIPPED: no python3 with h5py and numpy"; exit 0; }
cat > graph.py <<'P'
import h5py, numpy as np
def write(path, C=4, names=None, features=True, **change):
    n, r = 120, np.random.default_rng(0)
    y = r.integers(0, 4, n); A = np.triu(r.random((n, n)) < .06, 1); A = A | A.T; i = r.permutation(n)
    g = dict(y=y, train=np.sort(i[:70]), val=np.sort(i[70:95]), test=np.sort(i[95:])); g.update({k: v(g) for k, v in change.items()})
    with h5py.File(path, "w") as f:
        f["graph/indptr"] = np.concatenate([[0], np.cumsum(A.sum(1))]); f["graph/indices"] = np.nonzero(A)[1]
        if features: f["features/dense"] = (r.normal(size=(n, 6)) + y[:, None]).astype("f4")
        f["labels/class"] = g["y"]; f.attrs["num_classes"] = C
        for s in ("train", "val", "test"): f["splits/default/" + s] = g[s]
        if names: f["class_names"] = names
part = lambda s: lambda g: np.isin(np.arange(120), g[s])
write("plain.h5"); write("column.h5", y=lambda g: g["y"][:, None]); write("real.h5", y=lambda g: g["y"].astype("f4"))
write("masks.h5", train=part("train"), val=lambda g: part("val")(g).astype("u1"), test=lambda g: part("test")(g).astype("f8"))
write("onehot.h5", y=lambda g: np.eye(4)[g["y"]]); write("one.h5", y=lambda g: g["y"] + 1); write("nan.h5", y=lambda g: np.where(g["y"] == 1, np.nan, g["y"]))
write("masks2.h5", train=lambda g: np.stack([part("train")(g)] * 3, 1)); write("none.h5", y=lambda g: np.where(part("train")(g), -1, g["y"]))
write("noval.h5", y=lambda g: np.where(part("val")(g), -1, g["y"])); write("bare.h5", features=False); write("absurd.h5", C=2147483647)
write("names.h5", names=["Arts, Crafts", 'say "x"', "two\nlines", "plain"])
P
"$python" graph.py || fail "no files"
cat > small.yaml <<'Y'
data: {source: {format: hdf5, file: plain.h5}, parts: 6, clusters_per_batch: 2}
model: {layers: 2, hidden: 4}
train: {epochs: 2}
compute: {threads: 1}
observe: {progress: "off"}
Y
cat >run <<R
data=\$1; shift; exec "$laconic" train small.yaml run.if_exists=new data.source.file="$PWD/\$data.h5" "\$@"
R
"$laconic" data inspect plain.h5 | tail -n +2 >plain
for same in column real masks; do
  "$laconic" data inspect $same.h5 | tail -n +2 | cmp - plain || fail "$same is another graph"
done
expect 65 'y.argmax\(1\).*labels/indptr' "$laconic" data inspect onehot.h5
expect 65 'count from 1: store y - 1' "$laconic" data inspect one.h5
expect 65 'numpy.isnan\(y\), -1, y' "$laconic" data inspect nan.h5
expect 65 'mask\[:, 0\]' "$laconic" data inspect masks2.h5
expect 65 'no training node has a label' bash run none run.dir=none
expect 0 'train.monitor: val/accuracy is never defined here: no row of val has a label' bash run noval run.dir=noval
[ "$(grep -c ' W ' log)" = 1 ] || fail "not one warning"
grep -q '"best_step": 6' noval/result.json || fail "the newest state is not the best"
expect 0 'val/roc_auc is never defined here: it needs two classes' bash run plain run.dir=roc train.monitor=roc_auc
expect 65 'data.source.missing_features=identity or degree' bash run bare run.dir=bare
for how in identity degree; do expect 0 '' bash run bare run.dir=bare_$how data.source.missing_features=$how; done
expect 0 '3 of 4 ranks are idle' "$laconic" plan -n 4 small.yaml data.clusters_per_batch=6
expect 69 'out of memory' bash -c 'ulimit -v 8000000; exec "$@"' _ "$laconic" train small.yaml data.source.file="$PWD/absurd.h5" run.dir=absurd
expect 0 '' bash run names run.dir=names
"$laconic" predict names -o p.csv >log || fail "predict"
"$python" -c 'import csv, sys
rows = list(csv.reader(open("p.csv", newline="")))
classes = {row[rows[0].index("prediction")] for row in rows[1:]}
sys.exit(len(rows) != 121 or len({len(r) for r in rows}) != 1 or not classes <= {"Arts, Crafts", "say \"x\"", "two\nlines", "plain"})' ||
  fail "p.csv is no table of one row per node"
