#include "framework/ops/state_spec.hpp"

#include "framework/base/find_by_name.hpp"

namespace laconic::ops {
namespace {

struct Named {
  const char* name;
  StateSpec::Rule rule;
};
constexpr Named named[] = {{"average", StateSpec::Rule::average},
                           {"rank0", StateSpec::Rule::rank0},
                           {"per_rank", StateSpec::Rule::per_rank}};

}  // namespace

const char* to_text(StateSpec::Rule rule) {
  return named[static_cast<size_t>(rule)].name;
}

StateSpec::Rule rule_from(const std::string& text) {
  return find_by_name(named, text, "rule of state").rule;
}

}  // namespace laconic::ops
