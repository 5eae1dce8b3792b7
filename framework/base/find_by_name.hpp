// Finds an entry of a list by its name. Every list of the project uses this function.
#pragma once

#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace laconic {

// Error(config): "operator: there is no 'linaer'; allowed: linear, relu; did you mean linear?"
[[noreturn]] void fail_no_such_name(std::string_view list, std::string_view name,
                                    std::span<const std::string> allowed);

// Returns the entry with this name. Each entry, or the object it points to, has a member `name`.
// Error(config), with the allowed names and the nearest one, if there is no such entry. `what`
// names the list in the message: a key, or the kind of its entries.
template <std::ranges::forward_range List>
auto& find_by_name(List&& list, std::string_view name, std::string_view what) {
  const auto target = [](auto& entry) -> auto& {
    if constexpr (std::is_pointer_v<std::remove_cvref_t<decltype(entry)>>)
      return *entry;
    else
      return entry;
  };
  for (auto& entry : list)
    if (name == target(entry).name) return target(entry);
  std::vector<std::string> allowed;
  for (auto& entry : list) allowed.emplace_back(target(entry).name);
  fail_no_such_name(what, name, allowed);
}

}  // namespace laconic
