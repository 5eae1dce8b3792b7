#include <array>

#include "apps/laconic/verbs/verb.hpp"

namespace laconic {

std::span<const Verb> verbs() {
  static constexpr std::array all{
      Verb{"train", "train what a configuration describes", add_train, true},
      Verb{"resume", "continue a run from its newest checkpoint, bit for bit", add_resume, true},
      Verb{"eval", "score a checkpoint on every split", add_eval},
      Verb{"predict", "write a checkpoint's predictions for every node or image", add_predict},
      Verb{"validate", "check a configuration; needs no data", add_validate},
      Verb{"plan", "what a run will do: memory, bytes on the wire, kernels and why", add_plan},
      Verb{"schema", "every configuration key, as text, Markdown or JSON Schema", add_schema},
      Verb{"data", "build or inspect a data set", add_data},
      Verb{"inspect", "what a checkpoint holds", add_inspect},
      Verb{"verify", "whether a checkpoint is intact", add_verify},
      Verb{"summary", "the result of a run beside its baselines", add_summary},
      Verb{"sweep", "many runs of one configuration: plan, run, submit, status, retry, report",
           add_sweep, true},
      Verb{"report", "runs side by side on one HTML page: curves, time, bytes, what differs",
           add_report},
      Verb{"doctor", "what this machine, or mpirun's ranks and links, could do better", add_doctor},
      Verb{"selftest", "check every operator against its reference on this machine", add_selftest},
      Verb{"bench", "time the kernels and an epoch on this machine", add_bench},
      Verb{"version", "version, features and libraries", add_version},
  };
  return all;
}

void ConfigArguments::add_to(const Command& command) {
  command.option("config", file, "configuration (YAML)").required();
  command.option("overrides", overrides, "key.path=value, applied over the file");
}

}  // namespace laconic
