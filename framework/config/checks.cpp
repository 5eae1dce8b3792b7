#include "framework/config/checks.hpp"

#include <algorithm>

#include "framework/config/keys.hpp"
#include "framework/config/variant.hpp"

namespace laconic::config {

Checks::Checks(const Resolved& resolved, std::vector<Problem>& problems, std::string group,
               std::vector<std::string>* notices)
    : resolved_(resolved), problems_(problems), group_(std::move(group)), notices_(notices) {}

void Checks::refuse(std::string_view key, std::string message) const {
  problems_.push_back(resolved_.problem(path(key), std::move(message)));
}

void Checks::unused(std::string_view key, std::string_view why) const {
  const std::string name = path(key);
  const auto entry = std::ranges::find(resolved_.entries(), name, &Resolved::Entry::path);
  if (notices_ == nullptr || entry == resolved_.entries().end() || !entry->used) return;
  if (entry->value != entry->preset)
    notices_->push_back(unused_text(entry->origin.where, name, why));
}

std::string Checks::path(std::string_view key) const {
  const std::string beside = join(group_, key);
  return resolved_.has(beside) ? beside : std::string(key);
}

void check(const Fields& fields, const Checks& checks) {
  const Keys keys(fields);
  const Selection selection(
      keys, [&](const Key& key, const Field&) { return checks.resolved().value(key.path); });
  for (const Key* key : keys.all())
    for (const Declaration& declaration : key->declared) {
      const auto& [field, at, group] = declaration;
      if ((!field->options && !field->variant) || !selection.is_used(declaration)) continue;
      if (field->options) field->options->check(checks.within(key->path));
      const Options* of_entry = field->variant ? field->variant->options() : nullptr;
      if (of_entry) of_entry->check(checks.within(key->above->path));
    }
}

}  // namespace laconic::config
