#!/usr/bin/env bash
# An installed tree works where it was moved to: the executable, and the job scripts it finds beside itself.
# Fifth argument: the build folder.
. "$(dirname "$0")/common.sh"
cmake --install "$1" --prefix "$work/first" >/dev/null || fail "install"
mv first second
moved=$work/second/bin/laconic
"$moved" version | grep -q '^MPI' || fail "version"
"$moved" train "$planted" run.dir=run train.epochs=1 >/dev/null 2>&1 || fail "train"
printf 'name: s\nbase: %s\nfolder: s\ngrid: {seed: [1, 2]}\n' "$planted" > s.yaml
"$moved" sweep submit --print s.yaml > command.txt || fail "sweep submit --print"
grep -q "$work/second/share/laconic/slurm/sweep_array.sbatch" command.txt || fail "the job scripts are not found: $(cat command.txt)"
bash -n "$work"/second/share/laconic/slurm/*.sbatch || fail "the job scripts are not whole"
for file in share/man/man1/laconic.1 share/bash-completion/completions/laconic share/zsh/site-functions/_laconic \
  share/laconic/configuration.schema.json share/laconic/sweep.schema.json share/laconic/configs/quick/planted.yaml \
  share/doc/laconic/LICENSE share/doc/laconic/README.md share/doc/laconic/docs/formats.md; do
  [ -s "$work/second/$file" ] || fail "not installed: $file"
done
"$moved" validate "$work/second/share/laconic/configs/quick/planted.yaml" >/dev/null || fail "an installed configuration"
echo "an installed tree can be moved"
