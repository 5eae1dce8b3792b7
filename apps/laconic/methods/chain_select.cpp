// Selection, the phase between the methods of FedChain (Hou, Thekumparampil, Fanti, Oh, ICLR 2022): if
// the local method has not helped, the run goes back to where it began. S clients draw K samples each:
//
//   x <- argmin over {x, start} of  1/(SK) sum_i sum_k f(·; z_ik)         the same z_ik at both points
//
// Of equal values x stays. A client gets x and sends two numbers; it has the start, which is the initial
// point, or what the last selection left.
#include <limits>

#include "apps/laconic/learn/clients/chain_method.hpp"

namespace laconic {
namespace {

struct SelectOptions : config::Options {
  int64_t samples = 0;
  void describe(config::Fields& f) override {
    f.integer("samples", samples,
              {.min = 0,
               .max = 1 << 24,
               .help = "samples per client, drawn with replacement; 0 = all that it has"});
  }
};

template <class T>
class Select final : public ChainPhase<T> {
 public:
  using Options = SelectOptions;
  Select(const Options& options, Cohort<T>& cohort) : options_(options), cohort_(cohort) {}

  RoundReport round(const Turn<T>& turn) override {
    T at_start = 0;
    // A point with an infinite value is the worse one, and no error.
    const double worst = static_cast<double>(std::numeric_limits<T>::max()) /
                         (2.0 * static_cast<double>(cohort_.per_round()));
    const auto evaluate = [&](int32_t i, std::span<T> other) {
      other[0] = static_cast<T>(cohort_.value(i, turn.start, 0, options_.samples));
      const double at_x = cohort_.value(i, turn.x, 0, options_.samples);
      return at_x <= worst ? at_x : worst;
    };
    const double at_x =
        cohort_.mean(cohort_.drawn(), std::ref(evaluate), {&at_start, 1}, 1, "select");
    const bool stays = at_x <= static_cast<double>(at_start);
    if (!stays) std::ranges::copy(turn.start, turn.x.begin());
    return {.loss = at_x, .selected = stays ? 1 : 0};
  }

 private:
  const Options& options_;
  Cohort<T>& cohort_;
};

}  // namespace

ChainPhaseKind select_phase() {
  return {
      .name = "select",
      .help = "one round that goes on from the better one of where the chain is and where it began",
      .make_options = config::make<SelectOptions>,
      .make_float = make_phase<Select<float>>,
      .make_double = make_phase<Select<double>>,
      .takes_one_round = true};
}

}  // namespace laconic
