#include "framework/checkpoint/version1.hpp"

#include <string_view>
#include <utility>

namespace laconic {
namespace {

constexpr std::pair<std::string_view, std::string_view> renamed[] = {
    {"run/step", "method/step"},
    {"run/epoch", "sampler/epoch"},
    {"run/groups_done", "sampler/groups_done"},
    {"run/samples", "method/samples"},
    {"run/skipped", "method/skipped"},
    {"run/evaluations", "best/evaluations"},
    {"run/best_step", "best/step"},
    {"run/since_best", "best/since"},
    {"run/best_value", "best/value"},
    {"run/best_scores", "best/figures"},
    {"run/last_scores", "best/last_figures"},
};

}  // namespace

void rename_version1(Manifest& manifest) {
  if (manifest.version != 1) return;
  for (FileRecord& file : manifest.files)
    for (TensorRecord& tensor : file.tensors)
      for (const auto& [old_name, name] : renamed)
        if (tensor.name == old_name) {
          tensor.name = name;
          break;
        }
}

void forget_unread_version1(Manifest& manifest) {
  if (manifest.version != 1) return;
  const nlohmann::json::json_pointer model("/config/model");
  if (!manifest.attributes.contains(model)) return;
  nlohmann::json& options = manifest.attributes.at(model);
  if (options.value("kind", "") == "cnn") options.erase("norm");  // it had none
}

}  // namespace laconic
