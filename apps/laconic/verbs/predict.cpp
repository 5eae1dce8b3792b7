// eval and predict: print the scores of the state in a checkpoint, and write its predictions, on the
// data of its run or on others.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/laconic/run/best.hpp"
#include "apps/laconic/run/saved.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "data/place.hpp"

namespace laconic {
namespace {

// The arguments that name a state, and the data that it works on.
struct Saved {
  std::string run, data, split;
  bool last = false;

  void add_to(const Command& command) {
    command.option("run", run, "run folder").required();
    command.flag("--last", last, "the newest state instead of the one that was best in validation");
    command.option("--data", data,
                   "other data than the run's own: whatever data import reads, or FILE.h5, or a "
                   "folder of images; features and classes must be the same");
    command.option("--split", split, "name of a split in the file that --data names");
  }
  SavedRun open() const {
    return SavedRun(
        run, !last,
        data.empty() ? std::vector<std::string>() : data::place_of(data).overrides(split));
  }
};

}  // namespace

void add_eval(const Command& command, Action& action) {
  auto what = std::make_shared<Saved>();
  what->add_to(command);
  command.when_given([=, &action] {
    action = [=] {
      SavedRun saved = what->open();
      saved.learner().evaluate();
      std::printf("%s\n", nested(saved.learner().scores()).dump(2).c_str());
      return 0;
    };
  });
}

void add_predict(const Command& command, Action& action) {
  auto what = std::make_shared<Saved>();
  auto output = std::make_shared<std::string>("predictions.csv");
  what->add_to(command);
  command
      .option(
          "-o,--output", *output,
          "FILE.csv (row, split, label, prediction, probability) or FILE.h5 (all scores: /logits)")
      .show_default();
  command.when_given([=, &action] {
    action = [=] {
      SavedRun saved = what->open();
      std::printf("%s\n", saved.learner().predict(*output).c_str());
      return 0;
    };
  });
}

}  // namespace laconic
