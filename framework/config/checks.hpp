// Reports mistakes that involve several values, each at the address of a key.
//
//   std::vector<Problem> problems;
//   const Checks checks(resolved, problems);
//   check(fields, checks);       // every struct's own check()
//   if (...) checks.refuse("model.kind", "needs the edges of a graph");
//   if (checks.has_problems()) throw ConfigError(problems);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/config/resolve.hpp"

namespace laconic::config {

class Checks {
 public:
  // `group` is the path of the struct that is checked. `notices` may be null; then unused() does
  // nothing.
  // Lifetime: all arguments must outlive this object.
  Checks(const Resolved& resolved, std::vector<Problem>& problems, std::string group = "",
         std::vector<std::string>* notices = nullptr);

  // Reports a mistake. `key` is the name of a key of the checked struct, or a full path.
  void refuse(std::string_view key, std::string message) const;
  // Adds a notice that a key has no effect, if its value is not the default. `why` is the reason:
  // "only with a: b".
  void unused(std::string_view key, std::string_view why) const;
  // Returns the full path of a key, for a message.
  std::string path(std::string_view key) const;

  const Resolved& resolved() const { return resolved_; }
  bool has_problems() const { return !problems_.empty(); }
  Checks within(std::string group) const {
    return {resolved_, problems_, std::move(group), notices_};
  }

 private:
  const Resolved& resolved_;
  std::vector<Problem>& problems_;
  std::string group_;
  std::vector<std::string>* notices_;
};

// Calls check() of the options of every group, and of the selected entry of every variant, that
// `checks.resolved()` uses. `fields` describes the structs that hold the values.
void check(const Fields& fields, const Checks& checks);

}  // namespace laconic::config
