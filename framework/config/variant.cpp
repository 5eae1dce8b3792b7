#include "framework/config/variant.hpp"

#include "framework/base/find_by_name.hpp"
#include "framework/config/field.hpp"
#include "framework/config/value.hpp"

namespace laconic::config {

namespace {

// Both sides were described by structs of the same types.
void copy_values(const std::vector<Field>& from, const std::vector<Field>& to) {
  LACONIC_CHECK(from.size() == to.size(), "two descriptions of one type differ");
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[i].type == Field::Type::group) {
      copy_values(from[i].members, to[i].members);
    } else {
      store(to[i], load(from[i]));
    }
  }
}

}  // namespace

void VariantBase::add(std::string name, std::string help, MakeOptions make_options,
                      std::vector<std::string> aliases) {
  alternatives_.push_back({std::move(name), std::move(help), make_options, std::move(aliases),
                           make_options ? make_options() : std::unique_ptr<Options>()});
}

void VariantBase::select(std::string_view name) {
  const Alternative& found = find_by_name(alternatives_, name, "this choice");
  selected_ = static_cast<size_t>(&found - alternatives_.data());
}

VariantBase::VariantBase(const VariantBase& other) : selected_(other.selected_) {
  for (const Alternative& alternative : other.alternatives_) {
    add(alternative.name, alternative.help, alternative.make_options, alternative.aliases);
    if (!alternative.options) continue;
    Fields from, to;
    alternative.options->describe(from);
    alternatives_.back().options->describe(to);
    copy_values(from.list(), to.list());
  }
}

VariantBase& VariantBase::operator=(const VariantBase& other) {
  return *this = VariantBase(other);
}

}  // namespace laconic::config
