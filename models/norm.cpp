#include "models/norm.hpp"

#include <algorithm>

#include "framework/config/checks.hpp"

namespace laconic::models {

void NormOptions::describe(config::Fields& f) {
  using Rule = ops::StateSpec::Rule;
  f.choice(
      "norm", kind,
      {{"none", Kind::none},
       {"layer", Kind::layer},
       {"batch", Kind::batch},
       {"group", Kind::group}},
      "normalisation before ReLU: layer = of each row, or of each whole image; batch = of each "
      "channel over the batch of the rank; group = of each item over groups of channels");
  f.integer("norm_groups", groups,
            {.min = 1, .max = 1 << 16, .help = "groups of channels; must divide them", .unit = ""})
      .only_when("norm", {"group"});
  f.real("norm_epsilon", epsilon,
         {.min = 1e-12, .max = 1, .help = "added to the variance", .unit = ""})
      .only_when("norm", {"layer", "batch", "group"});
  f.real("norm_momentum", momentum,
         {.min = 0,
          .max = 1,
          .help = "weight of the newest batch in the running statistics, which evaluations use",
          .unit = ""})
      .only_when("norm", {"batch"});
  f.flag("norm_frozen", frozen,
         "train with the running statistics of model.init_from, and leave them as they are")
      .only_when("norm", {"batch"});
  f.choice("norm_statistics", rule,
           {{"average", Rule::average}, {"rank0", Rule::rank0}, {"per_rank", Rule::per_rank}},
           "whose running statistics an evaluation uses: average = the mean over the ranks; rank0 "
           "and per_rank = those of rank 0; with another number of ranks a run goes on with the "
           "same, but per_rank starts them anew")
      .only_when("norm", {"batch"});
}

void NormOptions::check(const config::Checks& checks, std::span<const int64_t> widths) const {
  if (kind != Kind::group) return;
  for (const int64_t width : widths) {
    if (width % groups == 0) continue;
    int64_t nearest = 1;
    for (int64_t divisor = 1; divisor <= width; ++divisor)
      if (width % divisor == 0 && std::abs(divisor - groups) < std::abs(nearest - groups))
        nearest = divisor;
    checks.refuse("norm_groups",
                  fmt::format("value {}: does not divide the {} channels of a layer; "
                              "the nearest that does is {}",
                              groups, width, nearest));
    return;
  }
}

graph::ValueId NormOptions::add(graph::GraphBuilder& builder, graph::ValueId value,
                                const std::string& name, const std::string& units) const {
  if (kind == Kind::none) return builder.add("relu", name + ".relu", {value});
  nlohmann::json attributes = {{"activation", "relu"}, {"units", units}};
  if (epsilon != NormOptions().epsilon) attributes["epsilon"] = epsilon;
  const bool is_image = builder.spec(value).space.is_pixels();
  if (kind == Kind::layer && !is_image)
    return builder.add("layer_norm", name + ".norm", {value}, attributes);
  if (kind == Kind::batch) {
    attributes.update({{"momentum", momentum}, {"frozen", frozen}, {"rule", ops::to_text(rule)}});
    return builder.add("batch_norm", name + ".norm", {value}, attributes);
  }
  attributes["groups"] = kind == Kind::layer ? 1 : groups;
  return builder.add("group_norm", name + ".norm", {value}, attributes);
}

}  // namespace laconic::models
