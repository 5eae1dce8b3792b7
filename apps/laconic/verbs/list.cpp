#include <array>

#include "apps/laconic/verbs/verb.hpp"

namespace laconic {

std::span<const Verb> verbs() {
  static constexpr std::array all{
      Verb{"train", "train what a configuration describes", add_train, true, true},
      Verb{"resume", "continue a run from its newest checkpoint, bit for bit", add_resume, true,
           true},
      Verb{"eval", "score a checkpoint on every split", add_eval, true},
      Verb{"predict", "write a checkpoint's predictions for every node or image", add_predict,
           true},
      Verb{"export", "write a checkpoint's weights as .npz or .safetensors", add_export},
      Verb{"validate", "check a configuration; needs no data", add_validate},
      Verb{"plan", "print what a run will do: memory, bytes on the wire, kernels and why", add_plan,
           true},
      Verb{"schema", "print every configuration key, as text, Markdown or JSON Schema", add_schema},
      Verb{"data", "build, import or inspect a data set", add_data},
      Verb{"inspect", "print what a checkpoint holds", add_inspect},
      Verb{"verify", "check that a checkpoint, or all of a run, are intact", add_verify},
      Verb{"compare",
           "print what several runs needed for one score: seconds and bytes, as a picture, too",
           add_compare},
      Verb{"summary", "print the result of a run beside its baselines", add_summary},
      Verb{"sweep",
           "manage many runs of one configuration: plan, run, submit, status, retry, report",
           add_sweep, false, true},
      Verb{
          "report",
          "compare runs on one HTML page: curves, time, bytes, differences of their configurations",
          add_report},
      Verb{"doctor",
           "find what could be better on this machine, or on the ranks and links under mpirun",
           add_doctor},
      Verb{"selftest", "check every operator and kernel against its reference on this machine",
           add_selftest, true},
      Verb{"bench", "time the kernels and an epoch on this machine", add_bench, true},
      Verb{"completion", "print a script with which bash or zsh completes laconic's words",
           add_completion},
      Verb{"man", "print the manual page, for man -l", add_man},
      Verb{"version", "print the version, its features and its libraries", add_version},
  };
  return all;
}

void ConfigArguments::add_to(const Command& command) {
  command.option("config", file, "configuration (YAML)").required();
  command.option("overrides", overrides, "group.key=value; replaces the value in the file");
}

}  // namespace laconic
