// eval and predict: a checkpoint on the whole data set, exactly.
#include <cstdio>
#include <memory>

#include "apps/laconic/train/prediction.hpp"
#include "apps/laconic/train/scores_json.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "framework/base/file.hpp"

namespace laconic {

void add_eval(const Command& command, Action& action) {
  auto run = std::make_shared<std::string>();
  auto last = std::make_shared<bool>(false);
  command.option("run", *run, "run folder").required();
  command.flag("--last", *last,
               "the newest parameters instead of those that were best in validation");
  command.when_given([=, &action] {
    action = [=] {
      SavedNetwork network(*run, !*last);
      double packed[15];
      pack_scores(network.task().evaluate(network.parameters()), packed);
      std::printf("%s\n", scores_json(packed).dump(2).c_str());
      return 0;
    };
  });
}

void add_predict(const Command& command, Action& action) {
  auto run = std::make_shared<std::string>(),
       output = std::make_shared<std::string>("predictions.csv");
  auto last = std::make_shared<bool>(false);
  command.option("run", *run, "run folder").required();
  command
      .option("-o,--output", *output,
              "FILE.csv (row, class, score) or FILE.h5 (all scores: /logits)")
      .show_default();
  command.flag("--last", *last,
               "the newest parameters instead of those that were best in validation");
  command.when_given([=, &action] {
    action = [=] {
      SavedNetwork network(*run, !*last);
      write_predictions(network, *output);
      std::printf("%s: %lld rows\n", output->c_str(),
                  static_cast<long long>(network.task().rows()));
      return 0;
    };
  });
}

}  // namespace laconic
